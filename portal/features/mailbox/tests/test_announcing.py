"""Our yes and no are told to the federation: the last one, whatever happens on the way, at no cost to who chose."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import psycopg
import pytest
import pytest_asyncio
from django.test import override_settings

from portal.features.mailbox import actions, announcements, queries
from portal.features.mailbox.events import boxes
from portal.features.mailbox.link import announcing
from portal.features.mailbox.registry import looking
from portal.features.mailbox.tests.linking import LIES, links, occasion
from portal.features.mailbox.tests.watching import forget
from portal.features.mailbox.types import ApplicationConsent
from portal.platform.database import pool
from portal.platform.keys import citizens
from portal.platform.sources.reading.outcomes import Down, Late, Nothing, Outcome, Partial, Ready
from portal.platform.wire import calls
from tests.journal_entries import entries_of
from tests.knowing_town import KnowingTown, run_knowing_town

pytestmark = pytest.mark.security

LINK = "/brievenbus/ebox/koppelen/"
WITHDRAW = "/brievenbus/ebox/ontkoppelen/"
APPLICATIONS = "/brievenbus/ebox/toepassingen/"
OWN = "mijn-burgerprofiel"
FEDERATION = "/faults/ebox-federation"


@pytest.fixture(scope="module")
def town() -> Iterator[KnowingTown]:
    with run_knowing_town() as one:
        yield one


@pytest_asyncio.fixture
async def register(town, lies, home) -> AsyncIterator["Register"]:
    town.put_right()
    town.ask("PUT", f"/ebox/consents/{LIES}", ["doccle"])
    forget()
    with override_settings(REST_URL=town.tls, PORTAL_ORIGIN=town.portal):
        yield Register(town)
        await finish_announcing()
    town.put_right()
    forget()
    await calls.close()


class Register:
    """The federation's register of consents, as the town has it."""

    def __init__(self, town: KnowingTown) -> None:
        self.town = town

    @property
    def says(self) -> bool:
        lines = self.town.ask("GET", f"/ebox/consents/{LIES}")["items"]
        given = {line["platformId"] for line in lines if line["consent"]}
        assert "doccle" in given  # of others nothing is ever changed
        return OWN in given

    def fails(self, mode: str, latency_ms: int = 0) -> None:
        self.town.ask("PUT", FEDERATION, {"mode": mode, "latency_ms": latency_ms})
        if mode == "ok":
            forget()


async def finish_announcing() -> None:
    await asyncio.gather(*announcing._under_way)


async def is_unannounced(lies: Any) -> bool:
    return (await queries.standing(lies.session.citizen_id)).is_unannounced


async def text_of(lies: Any, path: str, **query: str) -> str:
    answer = await lies.gets(path, **query)
    await finish_announcing()
    parts = [part async for part in answer] if answer.streaming else [answer.content]
    return b"".join(parts).decode()


async def test_yes_and_no_are_told_at_once_and_the_page_says_so_by_the_federation_s_word(lies, home, register):
    await lies.posts(LINK, akkoord="1", tekst="ebox-1", email=str(home))
    assert (register.says, await is_unannounced(lies)) == (True, False)
    said = await text_of(lies, APPLICATIONS)
    assert ("hier dus sinds" in said, "weet nog niet" in said, "introk, en wij niet" in said) == (True, False, False)
    await lies.posts(WITHDRAW)
    assert (register.says, await is_unannounced(lies)) == (False, False)
    assert "weet nog niet" not in await text_of(lies, WITHDRAW, klaar="ontkoppeld")
    # Whoever said no can say yes again, and is heard.
    await lies.posts(LINK, akkoord="1", tekst="ebox-1", email=str(home))
    assert register.says
    await lies.posts(WITHDRAW)
    # A second press, in a tab that still shows the button, has nothing to tell.
    asked = register.town.outcomes_of("ebox-federation")
    await lies.posts(WITHDRAW)
    assert register.town.outcomes_of("ebox-federation") == asked
    entries = await entries_of(lies.session.citizen_id)
    assert [entry.name for entry in entries].count("tell own mailbox consent") >= 2


@pytest.mark.parametrize("mode", ["503", "html"])
async def test_what_the_federation_did_not_hear_holds_here_is_said_and_is_tried_again(lies, home, register, mode):
    register.fails(mode)
    sent = await lies.posts(LINK, akkoord="1", tekst="ebox-1", email=str(home))
    assert (sent.status_code, await queries.is_linked(lies.session.citizen_id)) == (303, True)
    assert (register.says, await is_unannounced(lies)) == (False, True)
    assert "De eBox weet nog niet dat u hem hier koppelde" in await text_of(lies, LINK)
    assert 'data-untold="1"' in await text_of(lies, APPLICATIONS)
    register.fails("ok")
    await text_of(lies, "/brievenbus/ebox/verzenders/")  # no page of documents: nothing is tried there
    assert await is_unannounced(lies)
    await text_of(lies, LINK)
    assert (register.says, await is_unannounced(lies)) == (True, False)
    register.fails(mode)
    await lies.posts(WITHDRAW)
    assert (register.says, await queries.is_linked(lies.session.citizen_id)) == (True, False)
    said = await text_of(lies, WITHDRAW, klaar="ontkoppeld")
    assert ("Uw toestemming is ingetrokken" in said, "weet nog niet dat u hem hier ontkoppelde" in said) == (
        True,
        True,
    )
    register.fails("ok")
    assert 'data-untold="0"' not in await text_of(lies, APPLICATIONS)
    assert (register.says, await is_unannounced(lies)) == (False, False)


async def test_any_page_of_documents_tries_again_beside_it(lies, home, register):
    register.fails("503")
    await lies.posts(LINK, akkoord="1", tekst="ebox-1", email=str(home))
    register.fails("ok")
    await text_of(lies, "/brievenbus/ebox/betaaldagen/")
    assert (register.says, await is_unannounced(lies)) == (True, False)


def line(is_given: bool | None, name: str = OWN) -> ApplicationConsent:
    return ApplicationConsent(name, {}, is_given)


NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("outcome", "is_heard"),
    [
        (Ready((line(True),), NOON), True),
        (Partial((line(True),), (), NOON), True),
        (Ready((line(False),), NOON), False),
        (Ready((line(None),), NOON), False),
        (Ready((line(True, "doccle"),), NOON), False),
        (Ready((), NOON), False),
        (Nothing(NOON), False),
        (Down("failing"), False),
        (Late(), False),
    ],
)
def test_only_the_federation_s_own_word_counts(outcome, is_heard):
    assert announcing.is_confirmed(outcome, is_linked=True) is is_heard
    assert announcing.is_confirmed(Ready((line(False),), NOON), is_linked=False)


class Answering:
    """The federation's side, played by the test: what it hears, in order, and what it answers."""

    def __init__(self) -> None:
        self.heard: list[bool] = []
        self.outcome: Outcome[Any] | Exception | None = None
        self.waits = asyncio.Event()
        self.waits.set()
        self.came = asyncio.Event()

    async def tell(self, _: Any, *, is_given: bool) -> Outcome[Any]:
        self.heard.append(is_given)
        self.came.set()
        await self.waits.wait()
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome or Ready((line(is_given),), NOON)

    async def part(self, *_: Any) -> Outcome[Any]:
        return await self.tell(None, is_given=False)


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Answering:
    one = Answering()
    monkeypatch.setattr(looking, "announce_farewell", one.part)
    monkeypatch.setattr(looking, "announce_consent", one.tell)
    return one


async def test_yes_and_no_in_two_tabs_end_with_the_last_wish(lies, home, answering):
    answering.waits.clear()
    yes = asyncio.create_task(lies.posts(LINK, akkoord="1", tekst="ebox-1", email=str(home)))
    await answering.came.wait()
    # The no waits for nobody: whoever tells the yes tells it too.
    assert (await lies.posts(WITHDRAW)).status_code == 303
    assert not await queries.is_linked(lies.session.citizen_id)
    assert answering.heard == [True]
    answering.waits.set()
    await yes
    assert (answering.heard, await is_unannounced(lies)) == ([True, False], False)


async def test_a_word_that_may_still_arrive_is_overtaken_by_none(lies, home, answering):
    answering.outcome = Late()
    await lies.posts(LINK, akkoord="1", tekst="ebox-1", email=str(home))
    answering.outcome = None
    await lies.posts(WITHDRAW)
    assert (answering.heard, await is_unannounced(lies)) == ([True], True)
    async with pool.as_citizen(lies.session.citizen_id) as conn:
        assert (
            await announcements.take_turn(conn, lies.session.citizen_id, datetime.now(UTC) + announcements.TURN)
            is not None
        )
    await announcements.return_turn(lies.session.citizen_id, datetime.now(UTC))
    await text_of(lies, LINK)
    assert (answering.heard, await is_unannounced(lies)) == ([True, False], False)


@pytest.mark.parametrize("answer", [Ready((line(False),), NOON), Down("failing"), psycopg.OperationalError("away")])
async def test_yes_stands_whatever_comes_of_telling_it(lies, home, answering, answer):
    answering.outcome = answer
    sent = await lies.posts(LINK, akkoord="1", tekst="ebox-1", email=str(home))
    assert (sent.status_code, await queries.is_linked(lies.session.citizen_id)) == (303, True)
    assert (await is_unannounced(lies), len(answering.heard)) == (True, 1)


async def test_who_is_contradicted_by_the_federation_is_told_and_nothing_is_changed_over_their_head(
    lies, home, answering, monkeypatch
):
    await lies.posts(LINK, akkoord="1", tekst="ebox-1", email=str(home))

    async def consents(_: Any) -> Outcome[Any]:
        return Ready((line(False),), NOON)

    monkeypatch.setattr(looking, "consents", consents)
    said = await text_of(lies, APPLICATIONS)
    assert ("introk, en wij niet" in said, answering.heard) == (True, [True])


async def test_row_is_its_citizen_s_goes_with_the_rest_and_after_its_term(
    lies, home, answering, as_worker, past_walls: psycopg.Connection
):
    answering.outcome = Down("failing")
    citizen_id, now = lies.session.citizen_id, datetime.now(UTC)
    await links(citizen_id)
    assert "ebox_untold" in {record.kind for record in await queries.export(citizen_id)}
    async with pool.as_citizen(uuid4()) as conn:
        assert (await conn.execute("select * from mailbox_untold")).rowcount == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await announcements.put(conn, citizen_id, now, is_linked=True)
    late = now + timedelta(days=31)
    async with as_worker():
        assert await announcements.expire(late) == 0  # of a link that holds it stays
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await announcements.export(citizen_id)
    await actions.withdraw(occasion(citizen_id))
    async with as_worker():
        assert [await announcements.expire(at) for at in (now + timedelta(days=29), late)] == [0, 1]
    await citizens.ensure(citizen_id)
    await links(citizen_id)
    async with pool.as_citizen(citizen_id) as conn:
        await actions.forget(conn, citizen_id)
    assert past_walls.execute("select count(*) from mailbox_untold").fetchone() == (0,)


async def erase(lies: Any) -> None:
    """Have their number kept for the word to the federation, and the rest forgotten, as erasing does."""
    citizen_id = lies.session.citizen_id
    async with pool.as_citizen(citizen_id) as conn:
        assert await actions.farewell(conn, citizen_id, LIES, datetime.now(UTC))
        for _ in range(2):
            await actions.forget(conn, citizen_id)


def farewells(past_walls: psycopg.Connection) -> tuple[int, int]:
    """Count what is still to be told, and of whom by their number."""
    (untold_rows,) = past_walls.execute("select count(*) from mailbox_untold").fetchone() or (0,)
    (numbers,) = past_walls.execute("select count(*) from mailbox_farewell").fetchone() or (0,)
    return untold_rows, numbers


async def test_link_that_was_erased_is_told_once_the_federation_hears_and_nothing_is_kept_after_that(
    lies, home, register, past_walls, past_key_walls
):
    await lies.posts(LINK, akkoord="1", tekst="ebox-1", email=str(home))
    register.fails("503")
    await erase(lies)
    now = datetime.now(UTC)
    await citizens.erase(lies.session.citizen_id)
    past_key_walls.execute("delete from keys_erasure")
    await announcing.announce_farewells(now)
    assert (register.says, farewells(past_walls)) == (True, (1, 1))
    assert LIES.encode() not in bytes(past_walls.execute("select sealed from mailbox_farewell").fetchone()[0])
    register.fails("ok")
    # It waits a while between two tries.
    await announcing.announce_farewells(now + timedelta(seconds=30))
    assert (register.says, farewells(past_walls)) == (True, (1, 1))
    await announcing.announce_farewells(now + timedelta(minutes=2))
    assert (register.says, farewells(past_walls)) == (False, (0, 0))
    # Telling it gave them neither keys nor a name in the journal.
    mine = "select count(*) from keys_subject where citizen_id = %s"
    assert past_key_walls.execute(mine, (lies.session.citizen_id,)).fetchone() == (0,)


async def test_link_of_who_did_not_sign_in_for_two_years_is_told_away_and_that_of_who_died_is_not(
    lies, home, register, as_worker, past_walls
):
    citizen_id = lies.session.citizen_id
    await lies.posts(LINK, akkoord="1", tekst="ebox-1", email=str(home))
    async with as_worker(), pool.as_citizens([citizen_id]) as conn:
        assert await actions.retire(conn, [citizen_id]) == {citizen_id}
    assert (register.says, farewells(past_walls)) == (True, (1, 1))
    assert LIES.encode() not in bytes(past_walls.execute("select sealed from mailbox_farewell").fetchone()[0])
    before = await entries_of(citizen_id)
    await announcing.announce_farewells(datetime.now(UTC) + timedelta(seconds=1))
    assert (register.says, farewells(past_walls)) == (False, (0, 0))
    # They still have keys, and read of it in their journal.
    told = (await entries_of(citizen_id))[0]
    assert (told.name, len(await entries_of(citizen_id))) == ("tell own mailbox consent", len(before) + 1)
    await links(citizen_id)
    async with as_worker(), pool.as_citizens([citizen_id]) as conn:
        await actions.end_of_dead(conn, citizen_id)
    assert farewells(past_walls) == (0, 0)
    async with as_worker(), pool.as_citizens([uuid4()]) as conn:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await conn.execute(
                "insert into mailbox_untold (citizen_id, wish, due_at) values (%s, %s, now())", (citizen_id, uuid4())
            )


async def test_farewell_that_nobody_can_open_waits_and_one_of_another_or_of_who_is_linked_says_nothing(
    lies, home, answering, as_worker, past_walls
):
    citizen_id, now = lies.session.citizen_id, datetime.now(UTC)
    answering.outcome = Down("failing")
    await links(citizen_id)
    async with as_worker(), pool.as_citizens([citizen_id]) as conn:
        await actions.retire(conn, [citizen_id])
    heard = list(answering.heard)
    content = msgspec.msgpack.encode(boxes.WatchedBox("71120300193", b"", now))
    of_another = (await citizens.errand_box(citizen_id, boxes.PURPOSE)).seal(content, boxes.BOUND)
    for minutes, forged in enumerate((b"nothing", of_another), 1):
        past_walls.execute("update mailbox_farewell set sealed = %s, due_at = %s", (forged, now))
        await announcing.announce_farewells(now + timedelta(minutes=minutes))
        (due_at,) = past_walls.execute("select due_at from mailbox_farewell").fetchone()
        assert due_at > now + timedelta(minutes=minutes)
    assert answering.heard == heard
    await links(citizen_id)
    past_walls.execute(
        "insert into mailbox_farewell (citizen_id, sealed, due_at, ends_at) values (%s, %s, %s, %s)",
        (citizen_id, b"of the worker", now, now + timedelta(days=7)),
    )
    heard = list(answering.heard)
    await announcing.announce_farewells(now + timedelta(minutes=5))
    assert answering.heard == heard


async def test_farewell_ends_by_its_term_and_when_they_link_anew(lies, home, answering, as_worker, past_walls):
    citizen_id, now = lies.session.citizen_id, datetime.now(UTC)
    async with pool.as_citizen(citizen_id) as conn:
        assert not await actions.farewell(conn, citizen_id, LIES, now)  # nobody told the federation anything
    answering.outcome = Down("failing")
    await links(citizen_id)
    await erase(lies)
    assert farewells(past_walls) == (1, 1)
    for hours in (0, 1, 30):
        await announcing.announce_farewells(now + timedelta(minutes=1, hours=hours))
    assert answering.heard == [False] * 3
    waits = past_walls.execute("select due_at from mailbox_farewell").fetchone()[0] - now
    assert timedelta(hours=36) < waits < timedelta(hours=37)
    async with as_worker():
        assert [await announcements.expire(now + timedelta(days=days)) for days in (6, 8)] == [0, 1]
    assert farewells(past_walls) == (0, 0)
    await links(citizen_id)
    await erase(lies)
    await links(citizen_id)
    assert farewells(past_walls) == (1, 0)
    await announcing.announce_farewells(now + timedelta(hours=1))
    assert answering.heard == [False] * 3
    # One that was read before they linked anew is told no more.
    await announcing._announce_farewell(citizen_id, b"read before", now + timedelta(hours=1))
    assert (answering.heard, farewells(past_walls)) == ([False] * 3, (1, 0))
