"""Answers read into a type of their own, through the whole protocol: journalled, kept, asked, settled."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import msgspec
import pytest
import pytest_asyncio
from aiohttp import web

from portal.platform.access import sessions
from portal.platform.access.types import Assurance, Identity, Session, SignInMeans
from portal.platform.journal.types import Activity, Occasion, Purpose
from portal.platform.sources import asking
from portal.platform.sources.catalogue import SourceQuestion
from portal.platform.sources.gates import gatekeeper
from portal.platform.sources.inquiry import Consultation, Inquiry, ReadContent, of_oneself
from portal.platform.sources.manifest import Rest
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Missing, Nothing, Partial, Ready
from portal.platform.sources.transports.magda_answer import read_answer
from tests.journal_entries import entries_of

from . import town as magda
from .json_town import Town, running
from .town import ENTRY, NUMBER, REFERTE

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]

FOLLOW = Purpose("look at own licences", "U volgt uw vergunningen.")
NOTE = magda.exception("30101", origin="Hengelregister", kind="INFORMATIE")


class Licence(msgspec.Struct, frozen=True):
    """A trial type, which is no flat fact: what is allowed where, with what was said of it."""

    waters: tuple[str, ...]
    grams: int
    remarks: tuple[str, ...] = ()


def read_json(content: Any, notes: Sequence[Fact]) -> ReadContent[Licence]:
    """Read a licence of a JSON object; what stands beside its waters and grams is not read."""
    waters = tuple(content.get("wateren", ()))
    unread = [name for name in content if name not in ("wateren", "gram")]
    return ReadContent(Licence(waters, content.get("gram", 0)), unread, is_empty=not waters)


def read_xml(content: Any, notes: Sequence[Fact]) -> ReadContent[Licence]:
    """Read a licence of XML, with the remarks that came beside it."""
    waters = tuple(element.text for element in content.iter("Water"))
    return ReadContent(Licence(waters, 0, tuple(note.path for note in notes)), [], is_empty=not waters)


def activity(purpose: Purpose) -> Activity:
    return Activity("town", "Stad", "licence", "Visverlof", purpose.sentence, "-", ("/v1/vangsten/1",), "session")


def licence(**own: Any) -> Inquiry[str, Licence]:
    service = Rest("/v1/vangsten", "1", f"dv_{uuid4().hex}", "q.json", empty="wateren")
    question = SourceQuestion(uuid4().hex, service, '{"insz": "${insz}", "verlof": "${licence}"}')
    given: dict[str, Any] = {
        "key": "my licence",
        "name": "town.licence",
        "agency": ENTRY.agency,
        "question": question,
        "service": service,
        "values": {"licence": "V-1"},
        "reader": read_json,
        "activity": activity,
        "kept_as": Licence,
    }
    return Inquiry(**given | own)


@pytest_asyncio.fixture
async def town() -> AsyncIterator[Town]:
    gatekeeper._gates.clear()
    async with running() as town:
        yield town


@pytest_asyncio.fixture
async def own() -> Consultation:
    me = Identity(NUMBER, "Jan", "Peeters", SignInMeans.ITSME, Assurance.HIGH, uuid4().hex)
    session, _ = await sessions.open_session(me, now=datetime.now(UTC))
    return consultation(session)


def consultation(session: Session) -> Consultation:
    return of_oneself(session, Occasion(session.citizen_id, datetime.now(UTC), str(uuid4())), FOLLOW)


def saying(**content: Any) -> Any:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.json_response(content)

    return answer


async def newest(own: Consultation) -> tuple[str, list[tuple[str, str | None]]]:
    (access,) = await entries_of(own.occasion.citizen_id, most=1)
    return access.name, [(use.activity.purpose, use.result) for use in access.uses]


async def test_answer_of_a_type_of_its_own_is_written_down_asked_kept_and_settled(town, own):
    town.answer = saying(wateren=["Leie", "Schelde"], gram=500)
    inquiry = licence()
    ((key, outcome),) = [found async for found in asking.answers(own, [inquiry])]
    assert (key, outcome.value) == ("my licence", Licence(("Leie", "Schelde"), 500))
    assert await newest(own) == ("look at own licences", [("U volgt uw vergunningen.", "ready")])
    # The same again comes from what the session kept, whole and of its type.
    assert await asking.answer(own, inquiry) == outcome
    assert await asking.read_kept(own, [inquiry]) == [("my licence", outcome)]
    assert await newest(own) == ("look at own licences", [("U volgt uw vergunningen.", "kept_ready")])
    assert [body for _, body in town.asked] == [b'{"insz": "%s", "verlof": "V-1"}' % NUMBER.encode()]


async def test_what_may_not_be_kept_is_asked_again(town, own):
    town.answer = saying(wateren=["Leie"], gram=500)
    inquiry = licence(kept_as=None)
    for times in (1, 2):
        assert isinstance(await asking.answer(own, inquiry), Ready)
        assert len(town.asked) == times
    assert await asking.read_kept(own, [inquiry]) == []


async def test_what_its_reader_did_not_read_is_said(town, own):
    town.answer = saying(wateren=["Leie"], gram=500, nieuw="Barbeel")
    outcome = await asking.answer(own, licence())
    assert isinstance(outcome, Partial)
    missing = (Missing("Stadsbestuur", "nieuw", "unread"),)
    assert (outcome.value, outcome.missing) == (Licence(("Leie",), 500), missing)


async def test_nothing_and_trouble_are_the_same_for_every_type(town, own):
    town.answer = saying(wateren=[])
    assert isinstance(await asking.answer(own, licence()), Nothing)
    town.answer = saying(gram=1)
    outcome = await asking.answer(own, licence(), again=frozenset(("town.licence",)))
    assert isinstance(outcome, Down)
    assert (outcome.reason, outcome.detail) == ("unreadable", "no list")


async def test_the_same_question_with_other_values_is_another_question(town, own):
    town.answer = saying(wateren=["Leie"], gram=500)
    first = licence()
    second = msgspec.structs.replace(first, name="town.other", values={"licence": "V-2"}, activity=other)
    found = [found async for found in asking.answers(own, [first, second])]
    assert len(found) == 2
    assert {body[-6:] for _, body in town.asked} == {b'"V-1"}', b'"V-2"}'}


def other(purpose: Purpose) -> Activity:
    return msgspec.structs.replace(activity(purpose), dataset="other")


async def test_what_is_judged_is_kept_only_as_far_as_it_was_approved(town, own):
    town.answer = saying(wateren=["Leie"], gram=500)
    inquiry = licence()

    def refuse(found: Any) -> tuple[str, list[Any]]:
        return f"{len(found)} refused", []

    def approve(found: Any) -> tuple[str, list[Any]]:
        return "approved", found

    assert await asking.ask_and_judge(own, [inquiry], refuse) == "1 refused"
    assert await asking.read_kept(own, [inquiry]) == []
    assert await asking.ask_and_judge(own, [inquiry], approve) == "approved"
    assert [key for key, _ in await asking.read_kept(own, [inquiry])] == ["my licence"]
    assert own.session is not None
    await sessions.close(own.session)
    assert await asking.ask_and_judge(own, [licence()], approve) is None


def test_a_reader_of_xml_gets_the_remarks_of_the_body():
    inquiry = licence(service=ENTRY.dataset.service, reader=read_xml)
    content = f"<Inhoud><Vangsten><Vangst><INSZ>{NUMBER}</INSZ><Water>Leie</Water></Vangst></Vangsten></Inhoud>"
    then = datetime(2026, 3, 3, tzinfo=UTC)
    given = magda.answer(content + magda.exceptions(NOTE))
    outcome = read_answer(given, inquiry, asked_at=then, referte=REFERTE, insz=NUMBER)
    assert outcome == Ready(Licence(("Leie",), 0, ("Uitzonderingen/Uitzondering[1]",)), then)
    about_another = read_answer(given, inquiry, asked_at=then, referte=REFERTE, insz=magda.ANOTHER)
    assert about_another == Down("mismatch", "INSZ")
