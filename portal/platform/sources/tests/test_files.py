"""Files passed on while they arrive: whole or broken off, journalled, few at once, closed when left."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import msgspec
import psycopg
import pytest
import pytest_asyncio
from aiohttp import web
from django.test import override_settings

from portal.platform.access import sessions
from portal.platform.access.types import Assurance, Identity, Session, SignInMeans
from portal.platform.journal.types import Occasion
from portal.platform.sources import files, unread
from portal.platform.sources.catalogue import SourceQuestion
from portal.platform.sources.files import BrokenOffError, OpenFile
from portal.platform.sources.inquiry import Consultation, Inquiry, ReadContent, of_oneself
from portal.platform.sources.reading.outcomes import Down, Late, Nothing
from portal.platform.sources.registries import BELOW, Registry
from tests.journal_entries import entries_of

from .json_town import Town, dataset, running, status
from .town import LOOK, NUMBER

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]

PATH = "/ebox/x/v3"
MEGABYTE = 1024 * 1024


@pytest_asyncio.fixture
async def town() -> AsyncIterator[Town]:
    async with running(get=f"{PATH}/{{rest:.*}}") as town:
        yield town


@pytest_asyncio.fixture
async def session() -> Session:
    me = Identity(NUMBER, "Jan", "Peeters", SignInMeans.ITSME, Assurance.HIGH, uuid4().hex)
    opened, _ = await sessions.open_session(me, now=datetime.now(UTC))
    return opened


def own(session: Session) -> Consultation:
    return of_oneself(session, Occasion(session.citizen_id, datetime.now(UTC), str(uuid4())), LOOK)


def inquiry(town: Town, below: str = "ebox/messages/M/attachments/A/content", **own: Any) -> Inquiry[str, None]:
    service = Registry(f"{town.origin}{PATH}", "3.0", "urn:x:ebox:x")
    with dataset() as entry:
        return Inquiry(
            key="x",
            name=f"{entry.agency.id}.{entry.dataset.id}",
            agency=entry.agency,
            question=SourceQuestion(uuid4().hex, service, ""),
            service=service,
            reader=lambda *_: ReadContent(None, [], is_empty=False),
            activity=entry.activity,
            values={BELOW: below},
            **own,
        )


def sending(size: int, *, stops: int | None = None, waits: float = 0, **headers: str) -> Any:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/pdf"} | headers)
        response.content_length = size
        await response.prepare(request)
        sent = 0
        while sent < (size if stops is None else stops):
            piece = min(64 * 1024, size - sent)
            await response.write(b"x" * piece)
            sent += piece
        if stops is not None:
            await asyncio.sleep(waits)
            assert request.transport
            request.transport.abort()
        return response

    return answer


async def results(session: Session) -> list[str | None]:
    (access,) = await entries_of(session.citizen_id, most=1)
    return [use.result for use in access.uses]


async def read(file: OpenFile) -> int:
    return sum([len(chunk) async for chunk in file.chunks()])


async def test_a_file_comes_whole_and_is_journalled(town, session):
    town.answer = sending(3 * MEGABYTE + 1)
    async with files.open_file(own(session), inquiry(town)) as file:
        assert (file.outcome, file.size, file.media_type) == (None, 3 * MEGABYTE + 1, "application/pdf")
        assert await results(session) == [None]
        digest = hashlib.sha256()
        async for chunk in file.chunks():
            digest.update(chunk)
    assert digest.digest() == hashlib.sha256(b"x" * (3 * MEGABYTE + 1)).digest()
    assert await results(session) == ["ready"]
    ((request, _),) = town.asked
    assert request.headers["Authorization"].startswith("Bearer ")
    assert request.path == f"{PATH}/ebox/messages/M/attachments/A/content"


async def test_a_file_that_stops_is_broken_off(town, session):
    town.answer = sending(3 * MEGABYTE, stops=MEGABYTE)
    async with files.open_file(own(session), inquiry(town)) as file:
        with pytest.raises(BrokenOffError):
            await read(file)
    assert await results(session) == ["down"]


async def test_a_part_that_does_not_come_is_late(town, session, monkeypatch):
    monkeypatch.setattr(files, "PART_SECONDS", 0.1)
    town.answer = sending(3 * MEGABYTE, stops=MEGABYTE, waits=20)
    async with files.open_file(own(session), inquiry(town)) as file:
        with pytest.raises(BrokenOffError):
            await read(file)
    assert await results(session) == ["late"]


async def test_parts_that_come_for_ever_end(town, session, monkeypatch):
    monkeypatch.setattr(files, "LONGEST", 0.3)

    async def drips(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(200):
            await response.write(b"x")
            await asyncio.sleep(0.02)
        return response

    town.answer = drips
    async with files.open_file(own(session), inquiry(town)) as file:
        assert file.size is None
        with pytest.raises(BrokenOffError):
            await read(file)


async def test_who_leaves_ends_it_at_the_source_too(town, session):
    left = asyncio.Event()

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"x" * 64 * 1024)
        except (ConnectionError, asyncio.CancelledError):
            left.set()
            raise

    town.answer = endless
    async with files.open_file(own(session), inquiry(town)) as file:
        async for _ in file.chunks():
            break
    await asyncio.wait_for(left.wait(), 5)
    assert await results(session) == ["left"]
    assert not files._places.of


async def test_what_is_no_file_is_a_value(town, session, monkeypatch):
    async def gone(request: web.Request) -> web.StreamResponse:
        is_box = request.path.endswith("/ebox")
        return web.json_response({"numberOfMessages": 3}) if is_box else web.Response(status=404)

    for answer, expected in (
        (gone, Nothing),
        (status(404), Down),
        (status(503), Down),
        (sending(5, **{"Content-Encoding": "gzip"}), Down),
    ):
        town.answer = answer
        async with files.open_file(own(session), inquiry(town)) as file:
            assert isinstance(file.outcome, expected)
            with pytest.raises(BrokenOffError):
                await read(file)

    async def never(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(20)
        return web.Response()

    town.answer = never
    async with files.open_file(own(session), inquiry(town, deadline_s=0.1)) as file:
        assert isinstance(file.outcome, Late)
    assert await results(session) == ["late"]
    async with files.open_file(own(session), inquiry(town, below="ebox/messages/../x")) as file:
        assert isinstance(file.outcome, Down)


async def test_a_source_that_is_off_is_not_asked(town, session):
    one = inquiry(town)
    with override_settings(SOURCES_OFF=frozenset((one.question.source,))):
        async with files.open_file(own(session), one) as file:
            assert file.outcome == Down("off")
    assert town.asked == []


async def test_a_file_that_is_not_what_was_promised_is_told_operators(town, session):
    town.answer = sending(5)
    one = inquiry(town)
    async with files.open_file(own(session), one) as file:
        await read(file)
        file.reject("digest")
    assert await results(session) == ["down"]
    assert [found.places for found in unread.counts_of([one.name])] == [["digest"]]


async def test_one_citizen_has_few_files_under_way(town, session):
    town.answer = sending(MEGABYTE)
    async with AsyncExitStack() as stack:
        for _ in range(files.OF_ONE):
            file = await stack.enter_async_context(files.open_file(own(session), inquiry(town)))
            assert file.outcome is None
        async with files.open_file(own(session), inquiry(town)) as file:
            assert file.outcome == Down("full")
    async with files.open_file(own(session), inquiry(town)) as file:
        assert file.outcome is None
    assert not files._places.of


async def test_a_session_that_ends_ends_its_files(town, session, monkeypatch):
    monkeypatch.setattr(files, "TRUST", 0)
    town.answer = sending(5 * MEGABYTE)
    async with files.open_file(own(session), inquiry(town)) as file:
        chunks = file.chunks()
        await anext(chunks)
        await sessions.close(session)
        with pytest.raises(BrokenOffError):
            async for _ in chunks:
                pass


async def test_who_may_no_longer_go_on_does_not(town, session, monkeypatch):
    monkeypatch.setattr(files, "TRUST", 0)
    town.answer = sending(5 * MEGABYTE)

    async def no() -> bool:
        return False

    async with files.open_file(own(session), inquiry(town), may_go_on=no) as file:
        with pytest.raises(BrokenOffError):
            await read(file)
    assert await results(session) == ["left"]


async def test_a_reader_who_takes_nothing_and_stays_holds_no_place(town, session, monkeypatch):
    monkeypatch.setattr(files, "READER_SECONDS", 0.05)
    town.answer = sending(20 * MEGABYTE)
    async with files.open_file(own(session), inquiry(town)) as file:
        chunks = file.chunks()
        await anext(chunks)
        assert files._places.of.total() == 1
        await asyncio.sleep(0.2)
        assert not files._places.of
        with pytest.raises(BrokenOffError):
            await anext(chunks)
    assert await results(session) == ["left"]
    assert not files._places.of


async def test_without_the_journal_no_file_is_asked(town, session, past_walls: psycopg.Connection):
    past_walls.execute("alter table journal_entry rename to journal_entry_away")
    try:
        async with files.open_file(own(session), inquiry(town)) as file:
            assert file.outcome == Down("journal")
    finally:
        past_walls.execute("alter table journal_entry_away rename to journal_entry")
    assert town.asked == []


async def test_a_file_is_for_those_who_signed_in_surely_enough_and_for_nobody_else(town, session):
    weak = msgspec.structs.replace(
        session, identity=msgspec.structs.replace(session.identity, assurance=Assurance.LOW)
    )
    async with files.open_file(own(weak), inquiry(town)) as file:
        assert file.outcome == Down("assurance")
    nobody = msgspec.structs.replace(own(session), session=None)
    with pytest.raises(ValueError, match="signed in"):
        async with files.open_file(nobody, inquiry(town)):
            pass
    assert town.asked == []
