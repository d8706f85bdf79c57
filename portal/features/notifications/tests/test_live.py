"""News for open pages: what wakes them, what they hear, and when they end; and what they never do."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from django.test import override_settings

from portal.config.handler import RequestHandler
from portal.features.notifications import live_view
from portal.features.notifications.tests.notifying import bundle, notify
from portal.features.notifications.tests.test_pages import LIES, LIST, OTHER, archive, text_of, thread_of
from portal.platform.access import cookies, sessions
from portal.platform.database import pool
from portal.platform.live import waking
from tests.citizen import Citizen, person, sign_in
from tests.waiting import PATIENCE, turns, until

pytestmark = pytest.mark.security

LIVE = "/brievenbus/live/"
SCRIPT = {"Accept": "text/event-stream"}
# Ends the connections that listen.
CUT = """
select pg_terminate_backend(pid) from pg_stat_activity where query in ('listen live', 'select pg_is_in_recovery()')
"""


@pytest_asyncio.fixture(autouse=True)
async def _wakes(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    monkeypatch.setattr(waking, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(live_view, "LEAST_SECONDS", 0.01)
    yield
    waking.wakes.is_over = False
    await waking.wakes.close()


class Stream:
    """What a script reads."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self._pieces = aiter(answer)

    async def piece(self) -> str:
        async with asyncio.timeout(PATIENCE):
            return bytes(await anext(self._pieces)).decode()

    async def event(self) -> dict[str, Any]:
        """Read the next event, past what only keeps the connection open."""
        while (piece := await self.piece()) == ":\n\n":
            pass
        return fields(piece)

    async def ends(self) -> bool:
        return await anext(self._pieces, None) is None


def fields(piece: str) -> dict[str, Any]:
    said = dict(line.split(": ", 1) for line in piece.strip().split("\n") if ": " in line)
    return {**said, **json.loads(said["data"])} if "data" in said else said


@asynccontextmanager
async def stream(who: Citizen, query: str = "", **headers: str) -> AsyncIterator[Stream]:
    answer = await who.client.get(LIVE + query, headers={**SCRIPT, **headers})
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/event-stream")
    async with aclosing(answer._iterator):
        opened = Stream(answer)
        assert 2000 <= int(fields(await opened.piece())["retry"]) <= 8000
        yield opened


async def says_that_it_is_over(who: Citizen, path: str = LIVE) -> None:
    """Expect the word on which the script clears the screen, in an answer that ends."""
    answer = await who.client.get(path, headers=SCRIPT)
    assert (answer.status_code, answer["Content-Type"], answer.streaming) == (200, "text/event-stream", False)
    assert (answer["Cache-Control"], answer.content) == ("no-store", b"event: end\ndata:\n\n")


def words_of(event: dict[str, Any]) -> tuple[str, str]:
    return event["count"], event.get("line", "")


async def test_open_page_hears_what_comes_and_what_another_tab_does(lies: Citizen):
    async with stream(lies) as bell, stream(lies, "?lijst=1") as listed:
        assert (bell.answer["Cache-Control"], bell.answer["X-Accel-Buffering"]) == ("no-store", "no")
        assert [words_of(await each.event()) for each in (bell, listed)] == [
            ("", ""),
            ("", "Er is iets veranderd: toon het"),
        ]
        await notify(bundle(LIES))
        first = await bell.event()
        assert (words_of(first), first["said"], first["place"]) == (("1", ""), "1 ongelezen", "1 nieuw")
        assert words_of(await listed.event()) == ("1", "1 nieuwe melding: toon ze")
        await notify(bundle(LIES, TransactieId="iets anders"))
        assert words_of(await listed.event()) == ("2", "2 nieuwe meldingen: toon ze")
        path = await thread_of(lies)
        assert (await bell.event())["count"] == "2"
        # Opened, marked again, archived: by the same citizen in another tab.
        await text_of(lies, path)
        assert (await bell.event())["count"] == "1"
        await lies.posts(path, keuze="ongelezen")
        assert (await bell.event())["count"] == "2"
        await archive(lies, path)
        assert (await bell.event())["count"] == "1"
        assert words_of(await listed.event()) == ("1", "Er is iets veranderd: toon het")
        assert pool._lenders[pool.MAIN]._lent == 0


async def test_page_of_one_hears_nothing_of_whoever_signs_in_after_them(lies: Citizen):
    """The page is still open in another tab, and its script asks with the cookie that this browser has now."""
    (page,) = re.findall(r'data-news="([^"]+)"', await text_of(lies, "/cookies/"))
    query = page.removeprefix(LIVE)
    async with stream(lies, query) as mine, stream(lies, f"{query}&lijst=1") as listed:
        assert [words_of(await each.event())[0] for each in (mine, listed)] == ["", ""]
    for next_one in (await sign_in(person(OTHER)), await sign_in(lies.session.identity)):
        await says_that_it_is_over(next_one, page)


async def test_list_that_is_shown_is_what_its_stream_knows(lies: Citizen):
    await notify(bundle(LIES))
    (shown,) = re.findall(r'data-list="([\w-]+)"', await text_of(lies))
    async with stream(lies, "?lijst=1") as listed:
        event = await listed.event()
        assert event["list"] == shown
        await notify(bundle(LIES, Kanalen=[]))
        assert (await listed.event())["list"] != shown
    assert "data-list" not in await text_of(lies, vanaf="1.1.00000000000040008000000000000000")
    assert "data-list" not in await text_of(lies, archief="1")


async def test_who_comes_back_hears_only_what_they_do_not_know(lies: Citizen):
    async with stream(lies) as bell:
        known = (await bell.event())["id"]
    async with stream(lies, **{"Last-Event-ID": known}) as bell:
        await notify(bundle(LIES))
        event = await bell.event()
    # What came while nobody listened is not missed.
    await notify(bundle(LIES, TransactieId="iets anders"))
    async with stream(lies, **{"Last-Event-ID": event["id"]}) as bell:
        assert [event["count"], (await bell.event())["count"]] == ["1", "2"]


async def test_wake_names_nobody_and_wakes_nobody_else(lies: Citizen, past_walls: psycopg.Connection):
    other = await sign_in(person(OTHER))
    past_walls.execute("listen live")
    async with stream(lies) as mine, stream(other) as theirs:
        await asyncio.gather(mine.event(), theirs.event())
        next_of_theirs = asyncio.create_task(theirs.piece())
        await notify(bundle(LIES, TransactieId="een"))
        assert (await mine.event())["count"] == "1"
        await turns()
        assert not next_of_theirs.done()
        next_of_theirs.cancel()
        await asyncio.wait([next_of_theirs])
    said = {one.payload for one in past_walls.notifies(timeout=0.2)}
    past_walls.execute("unlisten live")
    assert waking.mark_of(lies.session.citizen_id) in said
    assert [each for each in said if not re.fullmatch("[0-9a-f]{64}", each)] == []
    assert [each for each in said if lies.session.citizen_id.hex in each] == []


async def test_waiting_is_no_visit_and_ends_with_its_session(lies: Citizen, past_walls: psycopg.Connection):
    seen = "update access_session set last_seen_at = last_seen_at - interval '10 minutes' returning last_seen_at"
    row = past_walls.execute(seen).fetchone()
    device = await sign_in(lies.session.identity)
    citizen = device.session.citizen_id
    assert citizen == lies.session.citizen_id
    async with stream(lies) as mine, stream(device) as theirs:
        await asyncio.gather(mine.event(), theirs.event())
        await notify(bundle(LIES))
        await asyncio.gather(mine.event(), theirs.event())
        looked = "select last_seen_at from access_session where id = %s"
        assert past_walls.execute(looked, (lies.session.id,)).fetchone() == row
        # Ended from another device.
        await sessions.close_others(device.session)
        assert ((await mine.piece()).startswith("event: end"), await mine.ends()) == (True, True)
        await device.posts("/afmelden/")
        assert ((await theirs.piece()).startswith("event: end"), await theirs.ends()) == (True, True)
    await says_that_it_is_over(lies)


async def test_session_that_is_over_by_itself_ends_its_stream(lies: Citizen, past_walls: psycopg.Connection):
    nearly = "update access_session set last_seen_at = last_seen_at - interval '14 minutes 59.7 seconds'"
    async with stream(lies) as mine:
        past_walls.execute(nearly)
        piece = await mine.piece()
        # On a slow machine the session is over before the first reading, which then gives the end at once.
        if not piece.startswith("event: end"):
            assert fields(piece)["count"] == ""
            piece = await mine.piece()
        assert (piece.startswith("event: end"), await mine.ends()) == (True, True)


async def test_person_is_led_to_the_list_and_page_of_nobody_signed_in_is_told_that_it_is_over(lies: Citizen):
    assert (await lies.gets(LIVE)).headers["Location"] == LIST
    lies.client.cookies.clear()
    await says_that_it_is_over(lies)
    assert "/aanmelden/" in (await lies.gets(LIVE)).headers["Location"]


async def test_fifth_page_of_a_citizen_is_refused_until_one_is_closed(lies: Citizen):
    other = await sign_in(person(OTHER))
    async with AsyncExitStack() as opened:
        first = await lies.client.get(LIVE, headers=SCRIPT)
        for _ in range(3):
            await opened.enter_async_context(stream(lies))
        refused = await lies.client.get(LIVE, headers=SCRIPT)
        assert (refused.status_code, refused["Retry-After"].isdigit()) == (429, True)
        await opened.enter_async_context(stream(other))
        first.close()
        await turns()
        await opened.enter_async_context(stream(lies))
    assert waking.wakes.count == 0


@pytest.mark.parametrize("does_send", [True, False])
async def test_who_left_before_the_first_word_keeps_no_place(lies: Citizen, *, does_send: bool):
    cookie = f"{cookies.SESSION}={lies.client.cookies[cookies.SESSION].value}"
    headers = [(b"host", b"testserver"), (b"accept", b"text/event-stream"), (b"cookie", cookie.encode())]
    scope = {"type": "http", "method": "GET", "path": LIVE, "query_string": b"", "headers": headers}
    handler = RequestHandler()

    async def send(_: Any) -> None:
        if not does_send:
            raise ConnectionResetError

    for turns_before in range(6):
        said = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive(said: Any = said, after: int = turns_before) -> Any:
            if (message := next(said, None)) is not None:
                return message
            # At one moment or another of what is done for it.
            await (turns(10 * after) if does_send else asyncio.Event().wait())
            return {"type": "http.disconnect"}

        with suppress(ConnectionResetError):
            await handler(scope, receive, send)
    await turns()
    assert waking.wakes.count == 0
    async with stream(lies), stream(lies), stream(lies), stream(lies):
        pass


async def test_pages_of_one_network_and_of_all_are_limited(lies: Citizen):
    other = await sign_in(person(OTHER))
    for limit in ("STREAMS_PER_NETWORK", "STREAMS_AT_ONCE"):
        with override_settings(**{limit: 1}):
            async with stream(lies):
                assert (await other.client.get(LIVE, headers=SCRIPT)).status_code == 429
            await turns()
            async with stream(other):
                pass
            await turns()


async def test_what_was_said_while_the_connection_was_lost_is_read_when_it_is_back(
    lies: Citizen, past_walls: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(waking, "SPREAD_SECONDS", 0.01)
    monkeypatch.setattr(waking, "SOON", 0.01)
    async with stream(lies) as mine, stream(lies) as also:
        await asyncio.gather(mine.event(), also.event())
        with monkeypatch.context() as nobody:
            nobody.setattr(waking, "CHANNEL", "elsewhere")
            await until(lambda: past_walls.execute(CUT).fetchone())
            await until(lambda: waking.wakes._listening and not waking.wakes._hears.is_set())
            await notify(bundle(LIES))
        events = await asyncio.gather(mine.event(), also.event())
        assert [event["count"] for event in events] == ["1", "1"]


async def test_operators_are_told_once_an_outage_that_no_page_can_be_woken(
    lies: Citizen, past_walls: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    wakes, tries = waking.Wakes(), []

    async def refused(*_: Any, **__: Any) -> Any:
        tries.append(1)
        raise psycopg.OperationalError("away")

    monkeypatch.setattr(waking, "SOON", 0.01)
    monkeypatch.setattr(waking, "LATER", 0.01)
    with wakes.waiter(lies.session.citizen_id):
        for outage in (1, 2):
            with monkeypatch.context() as nobody:
                nobody.setattr(waking.ClockedConnection, "connect", refused)
                past_walls.execute(CUT)
                await until(lambda: len(tries) >= 4)
            told = [one.getMessage().partition(":")[0] for one in caplog.records if one.name == "portal.live"]
            assert told == ["no connection wakes open pages"] * outage
            await until(lambda: wakes._hears.is_set())
            tries.clear()
    await wakes.close()


async def test_database_that_is_away_ends_no_stream(lies: Citizen, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(live_view, "AGAIN_SECONDS", 0.01)
    find, tries = sessions.find, []

    async def away(*given: Any, **named: Any) -> Any:
        tries.append(1)
        if len(tries) in (3, 4):
            raise pool.DatabaseBusy("away")
        return await find(*given, **named)

    monkeypatch.setattr(sessions, "find", away)
    async with stream(lies) as mine:
        await mine.event()
        await notify(bundle(LIES))
        assert ((await mine.event())["count"], len(tries)) == ("1", 5)
    # A count that fails is not told as none.
    monkeypatch.setattr(pool, "repeatable", away)
    tries[:] = [1, 1]
    with pytest.raises(pool.DatabaseBusy):
        await find(lies.client.cookies[cookies.SESSION].value, now=datetime.now(UTC), is_visit=False)


async def test_process_that_stops_ends_its_streams(lies: Citizen):
    async with stream(lies) as mine:
        await mine.event()
        waking.wakes.end()
        assert await mine.ends()
    async with stream(lies) as late:
        assert await late.ends()


async def test_silence_is_broken_before_a_proxy_ends_it(lies: Citizen, monkeypatch: pytest.MonkeyPatch):
    assert live_view.BEAT_SECONDS < 30
    monkeypatch.setattr(live_view, "BEAT_SECONDS", 0.01)
    async with stream(lies) as mine:
        await mine.event()
        assert [await mine.piece() for _ in range(3)] == [":\n\n"] * 3


async def test_reading_that_begins_while_the_process_stops_takes_no_wake_away(lies: Citizen):
    with waking.wakes.waiter(lies.session.citizen_id) as waiter:
        waking.wakes.end()
        async with waiter.reading():
            pass
        assert await waiter.wait_for_news(0.05)
