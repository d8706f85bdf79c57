"""Faults of inquiries with a type of their own: in a reader, a type, a name or a subject."""

import asyncio
import time
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest
from aiohttp import web

from portal.platform.access import sessions
from portal.platform.journal.types import Actor, ActorKind, Occasion
from portal.platform.keys import pseudonym
from portal.platform.sources import asking, unread
from portal.platform.sources.gates import gatekeeper
from portal.platform.sources.inquiry import Consultation, ReadContent
from portal.platform.sources.reading.outcomes import Down, Partial, Ready
from tests.waiting import PATIENCE, until

from .test_typed_answers import FOLLOW, Licence, licence, newest, other, own, saying, town
from .town import ANOTHER, NUMBER

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]

__all__ = ["own", "town"]  # fixtures


class Renamed(msgspec.Struct, frozen=True):
    """What a licence is in the next release: one field has another name."""

    waters: tuple[str, ...]
    grams: int
    notes: tuple[str, ...] = ()


class Opaque:
    """What nothing can pack."""


def broken(*_: Any) -> Any:
    raise RuntimeError(NUMBER)


async def broken_later(*_: Any) -> Any:
    raise RuntimeError(NUMBER)


def rows(walls: psycopg.Connection, own: Consultation) -> list[str]:
    assert own.session is not None
    found = walls.execute("select dataset from sources_answer where session_id = %s", (own.session.id,)).fetchall()
    walls.rollback()
    return [name for (name,) in found]


async def in_time(own: Consultation, *inquiries: Any) -> dict[str, Any]:
    """Ask; a page whose budget is used up has lost an outcome."""
    async with asyncio.timeout(PATIENCE):
        return {key: outcome async for key, outcome in asking.answers(own, inquiries, seconds=2 * PATIENCE)}


async def test_what_may_not_be_kept_leaves_nothing_in_the_store(town, own, past_walls):
    town.answer = saying(wateren=["Leie"], gram=500)
    inquiry = licence(kept_as=None)
    assert isinstance(await asking.answer(own, inquiry), Ready)
    await asking.ask_and_judge(own, [inquiry], lambda found: (True, found))
    assert own.session is not None
    await asking.keep(own.session, inquiry, Ready(Licence(("Leie",), 500), own.occasion.now))
    assert rows(past_walls, own) == []
    await asking.answer(own, licence())
    assert rows(past_walls, own) != []


async def test_what_was_kept_of_one_value_is_not_given_for_another(town, own):
    town.answer = saying(wateren=["Leie"], gram=1)
    first = await asking.answer(own, licence(values={"licence": "V-1"}))
    town.answer = saying(wateren=["Dender"], gram=2)
    second = await asking.answer(own, licence(values={"licence": "V-2"}))
    assert [outcome.value.grams for outcome in (first, second)] == [1, 2]
    # Both are kept, each under its own.
    town.answer = saying(gram=3)
    for values, outcome in (("V-1", first), ("V-2", second)):
        one = licence(values={"licence": values})
        assert await asking.answer(own, one) == outcome
        assert await asking.read_kept(own, [one]) == [("my licence", outcome)]


async def test_the_name_of_a_record_does_not_say_its_values(town, own, past_walls):
    town.answer = saying(wateren=["Leie"], gram=1)
    await asking.answer(own, licence(values={"licence": NUMBER}))
    (name,) = rows(past_walls, own)
    assert name.startswith("town.licence ")
    assert NUMBER not in name


async def test_what_was_kept_of_a_type_that_has_changed_is_asked_again(town, own):
    town.answer = saying(wateren=["Leie"], gram=500)
    await asking.answer(own, licence())
    renamed = licence(
        kept_as=Renamed,
        reader=lambda content, _: ReadContent(Renamed(("Leie",), 500, ("read anew",)), [], is_empty=False),
    )
    outcome = await asking.answer(own, renamed)
    assert (outcome.value.notes, len(town.asked)) == (("read anew",), 2)


async def test_a_type_that_cannot_be_packed_takes_nothing_from_the_others_of_its_page(town, own, past_walls, caplog):
    town.answer = saying(wateren=["Leie"], gram=500)
    opaque = licence(
        name="town.other",
        key="opaque",
        activity=other,
        kept_as=Opaque,
        reader=lambda *_: ReadContent(Opaque(), [], is_empty=False),
    )
    for times in (2, 3):
        found = {key: type(outcome) async for key, outcome in asking.answers(own, [licence(), opaque])}
        assert found == {"my licence": Ready, "opaque": Ready}
        assert len(town.asked) == times
    assert len(rows(past_walls, own)) == 1
    assert "town.other could not be packed: TypeError" in caplog.text


def refuses(content: Any, _: Any) -> ReadContent[Licence]:
    return ReadContent(msgspec.convert(content, Licence), [], is_empty=False)


@pytest.mark.parametrize(
    ("broken_part", "reason", "kind"),
    [
        ({"reader": broken}, "unreadable", "RuntimeError"),
        ({"reader": refuses}, "unreadable", "ValidationError"),
        ({"reader": lambda *_: Licence((), 0)}, "unreadable", "AttributeError"),
        ({"bound": broken}, "unreadable", "RuntimeError"),
        ({"follow": broken_later}, "fault", "RuntimeError"),
    ],
)
async def test_what_breaks_of_one_inquiry_is_its_outcome_at_once_and_no_other_s(
    town, own, caplog, broken_part, reason, kind
):
    town.answer = saying(wateren=["Leie"], gram=500)
    whole = licence(name="town.other", key="whole", activity=other)
    # Both share one question.
    breaking = licence(question=whole.question, service=whole.service, **broken_part)
    found = await in_time(own, breaking, whole)
    assert isinstance(found["whole"], Ready)
    assert (found["my licence"].reason, found["my licence"].detail) == (reason, kind)
    assert len(town.asked) == 1
    assert (kind in caplog.text, NUMBER in caplog.text) == (True, False)
    assert await newest(own) == (
        "look at own licences",
        [("U volgt uw vergunningen.", result) for result in ("down", "ready")],
    )


async def test_places_that_a_reader_names_are_said_only_where_they_can_be_nobodys(town, own, caplog):
    town.answer = saying(wateren=["Leie"], gram=500, **{NUMBER: 1, "a b\n": 2, "x" * 5000: 3, "nieuw": 4})
    inquiry = licence(name="town.other", activity=other)
    outcome = await asking.answer(own, inquiry)
    assert isinstance(outcome, Partial)
    assert {part.code for part in outcome.missing} == {"?", "nieuw"}
    assert NUMBER not in caplog.text
    assert [place for counted in unread.counts_of(["town.other"]) for place in counted.places] == ["?", "nieuw"]


async def test_two_of_one_name_in_one_consultation_are_refused_before_anything_is_asked(town, own):
    twice = [licence(values={"licence": "V-1"}), licence(values={"licence": "V-2"})]
    with pytest.raises(ValueError, match="the same name"):
        await asking.ask_and_judge(own, twice, lambda found: (True, found))
    with pytest.raises(ValueError, match="the same name"):
        _ = [one async for one in asking.answers(own, twice)]
    assert town.asked == []


async def child_of(own: Consultation) -> Occasion:
    assert own.session is not None
    parent = Actor(ActorKind.PARENT, str(own.session.journal_subject))
    return Occasion(await pseudonym.citizen_id(ANOTHER), own.occasion.now, str(uuid4()), parent)


async def test_what_is_about_another_is_only_judged(town, own):
    about = Consultation(own.session, await child_of(own), ANOTHER, FOLLOW)
    with pytest.raises(ValueError, match="is judged"):
        await asking.answer(about, licence())
    with pytest.raises(ValueError, match="is judged"):
        await asking.read_kept(about, [licence()])
    assert town.asked == []


async def test_a_consultation_is_about_one_person_and_says_who_looks_at_another(town, own):
    child = await child_of(own)
    for occasion, insz in ((own.occasion, ANOTHER), (child, NUMBER)):
        with pytest.raises(ValueError, match="of the same person"):
            Consultation(own.session, occasion, insz, FOLLOW)
    as_oneself = Occasion(child.citizen_id, child.now, child.correlation_id)
    with pytest.raises(ValueError, match="who looks"):
        Consultation(own.session, as_oneself, ANOTHER, FOLLOW)


@pytest.mark.parametrize("times", [1, 2])
async def test_a_reader_who_is_cut_off_gives_every_place_back_and_is_written_down_once(town, own, past_walls, times):
    began, over = asyncio.Event(), asyncio.Event()

    async def hangs(request: web.Request) -> web.StreamResponse:
        began.set()
        await over.wait()
        return web.json_response({})

    town.answer = hangs
    inquiry = licence()
    page = asyncio.create_task(asking.answer(own, inquiry))
    await began.wait()
    assert gatekeeper.gate_of(inquiry.question.source).under_way == 1
    for _ in range(times):
        page.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await page
    over.set()
    gates = [gatekeeper.gate_of(source) for source in (inquiry.question.source, "tokens")]
    await until(lambda: [gate.under_way for gate in gates] == [0, 0])
    assert gates[0].counts(time.monotonic()) == (0, 0, 0)

    async def is_written_down() -> bool:
        return None not in [result for _, result in (await newest(own))[1]]

    await until(is_written_down)
    assert await newest(own) == ("look at own licences", [("U volgt uw vergunningen.", "left")])
    trace = UUID(own.occasion.correlation_id).bytes
    ends = past_walls.execute(
        "select count(*) from journal_entry where trace_id = %s and end_ms is not null", (trace,)
    ).fetchone()
    past_walls.rollback()
    assert ends == (1,)


async def test_a_session_that_ends_meanwhile_shows_and_keeps_nothing(town, own, past_walls, monkeypatch):
    monkeypatch.setattr(asking, "TRUST", 0.0)
    assert own.session is not None

    async def ending(_: web.Request) -> web.StreamResponse:
        assert own.session is not None
        await sessions.close(own.session)
        return web.json_response({"wateren": ["Leie"], "gram": 500})

    town.answer = ending
    outcome = await asking.answer(own, licence())
    assert isinstance(outcome, Down)
    assert rows(past_walls, own) == []
    assert await newest(own) == ("look at own licences", [("U volgt uw vergunningen.", "ready")])
