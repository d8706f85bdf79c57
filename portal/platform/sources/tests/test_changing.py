"""Changes that a citizen makes at a body: sent once, and journalled to their end whatever happens."""

import asyncio
import time
from collections.abc import AsyncIterator

import psycopg
import pytest
import pytest_asyncio
from aiohttp import web
from django.test import override_settings

from portal.platform.access.types import Session
from portal.platform.sources import changing
from portal.platform.sources.gates import gatekeeper
from portal.platform.sources.reading.outcomes import Down, Late, Ready
from portal.platform.wire import calls

from .json_town import Town, running, status
from .test_files import PATH, inquiry, own, results, session

__all__ = ["session"]

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]

PATCH = b'{"items":[{"messageId":"M","visible":false}]}'


@pytest_asyncio.fixture
async def town() -> AsyncIterator[Town]:
    async with running(get=f"{PATH}/{{rest:.*}}") as town:
        town.answer = status(200)
        yield town


async def test_a_change_is_sent_and_journalled(town: Town, session: Session) -> None:
    outcome = await changing.change(own(session), inquiry(town, "ebox/messages"), PATCH)
    assert isinstance(outcome, Ready)
    ((request, body),) = town.asked
    assert (request.method, request.path, body) == ("PATCH", f"{PATH}/ebox/messages", PATCH)
    assert request.headers["Content-Type"] == "application/merge-patch+json"
    assert request.headers["Authorization"].startswith("Bearer ")
    assert await results(session) == ["ready"]


@pytest.mark.parametrize("is_on", [True, False])
async def test_what_is_turned_is_sent_once_and_gives_what_the_body_then_says(
    town: Town, session: Session, is_on: bool
) -> None:
    one = inquiry(town, "ebox/messages")
    town.answer = status(200, "{}", "application/json")
    assert isinstance(await changing.put_or_delete(own(session), one, is_on=is_on), Ready)
    assert await results(session) == ["ready"]
    town.answer = status(200, "<p>", "text/html")
    garbled = await changing.put_or_delete(own(session), one, is_on=is_on)
    town.answer = status(503)
    down = await changing.put_or_delete(own(session), one, is_on=is_on)
    assert isinstance(garbled, Down)
    assert isinstance(down, Down)
    assert (garbled.reason, down.reason) == ("unreadable", "unavailable")
    assert {(request.method, body) for request, body in town.asked} == {("PUT" if is_on else "DELETE", b"")}
    assert (len(town.asked), await results(session)) == (3, ["down"])


@pytest.mark.parametrize(
    ("code", "reason"), [(405, "refused"), (404, "refused"), (503, "unavailable"), (500, "status")]
)
async def test_a_refusal_is_a_value(town: Town, session: Session, code: int, reason: str) -> None:
    town.answer = status(code)
    outcome = await changing.change(own(session), inquiry(town, "ebox/messages"), PATCH)
    assert isinstance(outcome, Down)
    assert (outcome.reason, outcome.detail, outcome.is_unsent) == (reason, f"HTTP {code}", False)
    assert await results(session) == ["down"]


async def test_what_was_sent_is_never_sent_again(town: Town, session: Session) -> None:
    async def dies(request: web.Request) -> web.StreamResponse:
        assert request.transport
        request.transport.abort()
        return web.Response()

    one = inquiry(town, "ebox/messages")
    assert isinstance(await changing.change(own(session), one, PATCH), Ready)
    town.answer = dies
    outcome = await changing.change(own(session), one, PATCH)
    assert isinstance(outcome, Down)
    assert (outcome.reason, outcome.is_unsent, len(town.asked)) == ("connection", False, 2)


async def test_a_body_that_does_not_answer_is_late(town: Town, session: Session) -> None:
    async def never(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(20)
        return web.Response()

    town.answer = never
    outcome = await changing.change(own(session), inquiry(town, "ebox/messages", deadline_s=0.2), PATCH)
    assert isinstance(outcome, Late)
    assert await results(session) == ["late"]


async def test_a_change_that_was_sent_after_a_long_wait_for_a_connection_is_late_and_no_vote(
    town: Town, session: Session
) -> None:
    one = inquiry(town, "ebox/messages", deadline_s=1.0)

    async def once(_: web.Request) -> web.StreamResponse:
        # The first occupies the only connection for most of the time that both have; the second gets no answer.
        await asyncio.sleep(0.6 if len(town.asked) == 1 else 20)
        return web.Response()

    town.answer = once
    await calls.close()
    with override_settings(SOURCES_CONNECTIONS=1):
        outcomes = await asyncio.gather(*(changing.change(own(session), one, PATCH) for _ in range(2)))
        await calls.close()
    assert ({type(outcome) for outcome in outcomes}, len(town.asked)) == ({Ready, Late}, 2)
    assert gatekeeper.gate_of(one.question.source).counts(time.monotonic())[0] == 1


async def test_a_change_that_got_no_connection_was_not_sent(town: Town, session: Session) -> None:
    arrived = asyncio.Event()

    async def never(_: web.Request) -> web.StreamResponse:
        arrived.set()
        await asyncio.sleep(20)
        return web.Response()

    town.answer = never
    await calls.close()
    with override_settings(SOURCES_CONNECTIONS=1):
        first = asyncio.create_task(changing.change(own(session), inquiry(town, "a", deadline_s=3.0), PATCH))
        await arrived.wait()
        second = await changing.change(own(session), inquiry(town, "b", deadline_s=0.2), PATCH)
        await calls.close()
        await first
    assert isinstance(second, Down)
    assert (second.reason, second.detail, len(town.asked)) == ("full", "no connection free", 1)


async def test_who_leaves_does_not_stop_it(town: Town, session: Session) -> None:
    async def slow(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.2)
        return web.Response()

    town.answer = slow
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(changing.change(own(session), inquiry(town, "ebox/messages"), PATCH), 0.1)
    await changing.wait_for_ends(0.01)
    assert await results(session) == [None]
    await changing.wait_for_ends(5)
    assert await results(session) == ["ready"]


async def test_nothing_is_sent_to_a_source_that_is_off_or_without_the_journal(
    town: Town, session: Session, past_walls: psycopg.Connection
) -> None:
    one = inquiry(town, "ebox/messages")
    with override_settings(SOURCES_OFF=frozenset((one.question.source,))):
        outcome = await changing.change(own(session), one, PATCH)
    assert isinstance(outcome, Down)
    assert outcome.reason == "off"
    past_walls.execute("alter table journal_entry rename to journal_entry_away")
    try:
        assert await changing.change(own(session), one, PATCH) == Down("journal")
    finally:
        past_walls.execute("alter table journal_entry_away rename to journal_entry")
    assert town.asked == []
