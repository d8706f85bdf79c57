"""Sessions against PostgreSQL, as the role `portal`: limits, secrets, and what the table gives away."""

import asyncio
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import msgspec
import psycopg
import pytest
from django.conf import settings
from msgspec.structs import replace

from portal.platform.access import derivation, sessions, tasks
from portal.platform.access.types import Assurance, Identity, Session, SessionAbout, SignInMeans
from portal.platform.database import pool
from portal.platform.feature.types import Feature
from portal.platform.journal.types import Occasion
from portal.platform.keys import key_file, pseudonym, subjects
from portal.platform.keys.boxes import Box
from portal.platform.sweeping import clock
from tests.journal_entries import entries_of

TRACE = "00000000-0000-4000-8000-000000000007"

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SHORT = 0.5  # seconds that the pools wait
JAN = Identity(
    insz="71690999827",
    given_name="Jan",
    family_name="Peeters-Canarie",
    means=SignInMeans.ITSME,
    assurance=Assurance.HIGH,
    provider_subject="subject-1",
)


def minutes(count: float) -> datetime:
    return START + timedelta(minutes=count)


def until(session: Session | None) -> datetime | None:
    return session.expires_at if session else None


def rows(past_walls: psycopg.Connection) -> list[tuple[bytes, bytes, datetime, datetime]]:
    return past_walls.execute("select id, sealed_identity, opened_at, last_seen_at from access_session").fetchall()


async def test_find_gives_back_the_session_that_was_opened():
    opened, cookie = await sessions.open_session(JAN, now=START)
    assert await sessions.find(cookie, now=START) == opened
    assert opened.identity == JAN
    assert opened.expires_at == minutes(15)
    assert opened.ends_at == minutes(12 * 60)


COUNTS = Feature(package="trial.counting", unread="counting_sessions")
# It counts what its caller's walls let it see.
COUNT = """
create function public.counting_sessions(citizen uuid) returns integer language sql stable as $$
    select count(*)::int from public.access_session s where s.citizen_id = citizen
$$
"""


@pytest.fixture
def counting(past_walls: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection]:
    monkeypatch.setattr(sessions, "_counting", lambda: [COUNTS])
    past_walls.execute(COUNT)
    yield past_walls
    past_walls.execute("drop function if exists public.counting_sessions")


async def test_find_counts_what_features_have_that_is_new(counting):
    _, cookie = await sessions.open_session(JAN, now=START)
    await sessions.open_session(JAN, now=START)
    await sessions.open_session(replace(JAN, insz="93681527060"), now=START)
    found = await sessions.find(cookie, now=START)
    assert (found is not None, found and found.unread) == (True, {"counting": 2})


async def test_what_cannot_be_counted_signs_nobody_out_and_is_not_called_nothing(counting, caplog):
    opened, cookie = await sessions.open_session(JAN, now=START)
    counting.execute("drop function public.counting_sessions")
    assert await sessions.find(cookie, now=START) == replace(opened, is_counted=False)
    assert [record.getMessage() for record in caplog.records] == ["what is unread was not counted: UndefinedFunction"]


async def test_who_got_no_connection_waits_for_it_once(counting, between_clocked):
    _, cookie = await sessions.open_session(JAN, now=START)
    await between_clocked.open_pools(SHORT, most=1)
    async with pool.connection():
        found = asyncio.create_task(sessions.find(cookie, now=START))
        await asyncio.sleep(1.6 * SHORT)
    with pytest.raises(pool.NoConnection):
        await found


async def test_session_carries_the_name_in_the_journal_sealed(past_walls):
    opened, _ = await sessions.open_session(JAN, now=START)
    assert opened.journal_subject == await subjects.of(opened.citizen_id)
    ((_, sealed, _, _),) = rows(past_walls)
    assert opened.journal_subject.bytes not in sealed
    assert str(opened.journal_subject).encode() not in sealed


async def test_session_of_the_release_before_goes_on_and_that_release_reads_ours(past_walls):
    opened, cookie = await sessions.open_session(JAN, now=START)
    secret = derivation.read_secret(cookie) or b"?"
    box, bound = Box(derivation.derive(secret, derivation.SESSION_IDENTITY)), opened.id + opened.citizen_id.bytes
    ((_, sealed, _, _),) = rows(past_walls)
    assert msgspec.msgpack.decode(box.open(sealed, bound), type=Identity) == JAN
    before = box.seal(msgspec.msgpack.encode(JAN), bound)
    past_walls.execute("update access_session set sealed_identity = %s", (before,))
    assert await sessions.find(cookie, now=START) == replace(opened, journal_subject=None)


@pytest.mark.usefixtures("short_locks")
async def test_session_is_opened_while_nobody_knows_the_name_in_the_journal(past_key_walls):
    past_key_walls.execute("begin; lock table keys_subject")
    try:
        opened, cookie = await sessions.open_session(JAN, now=START)
    finally:
        past_key_walls.execute("rollback")
    assert (opened.journal_subject, await sessions.find(cookie, now=START)) == (None, opened)


async def test_session_is_opened_where_another_process_has_a_newer_key(past_key_walls, tmp_path, monkeypatch, caplog):
    citizen_id = await pseudonym.citizen_id(JAN.insz)
    forget = "delete from keys_subject where citizen_id = %s"
    past_key_walls.execute(forget, (citizen_id,))
    rotated = tmp_path / "portal.json"
    shutil.copy(settings.KEYS_FILE, rotated)
    key_file.rotate((rotated,), "mail")
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(settings, "KEYS_FILE", str(rotated))
        await subjects.of(citizen_id)
    try:
        opened, cookie = await sessions.open_session(JAN, now=START)
    finally:
        past_key_walls.execute(forget, (citizen_id,))
    assert (opened.journal_subject, await sessions.find(cookie, now=START)) == (None, opened)
    assert "restart this process" in caplog.text


async def test_table_holds_neither_secret_nor_person(past_walls):
    _, cookie = await sessions.open_session(JAN, now=START)
    secret = derivation.read_secret(cookie) or b"?"
    ((session_id, sealed, _, _),) = rows(past_walls)
    assert len(session_id) == 32
    stored = session_id + sealed
    telling: tuple[bytes | str, ...] = (
        secret,
        cookie,
        JAN.insz,
        JAN.given_name,
        JAN.family_name,
        JAN.provider_subject,
        JAN.means.value,
    )
    assert [(text if isinstance(text, bytes) else text.encode()) in stored for text in telling] == [False] * 7


async def test_table_never_reaches_the_write_ahead_log():
    async with pool.connection() as conn:
        cursor = await conn.execute("select relpersistence from pg_class where relname = 'access_session'")
        assert await cursor.fetchone() == ("u",)


async def test_worker_sees_only_when_a_session_ends():
    async with pool.connection() as conn:
        cursor = await conn.execute(
            "select array_agg(attname::text order by attnum) from pg_attribute"
            " where attrelid = 'access_session'::regclass and attnum > 0"
            " and has_column_privilege('worker', attrelid, attnum, 'select')"
        )
        assert await cursor.fetchone() == (["id", "opened_at", "last_seen_at"],)


async def test_find_refuses_another_secret():
    await sessions.open_session(JAN, now=START)
    assert await sessions.find(derivation.encode(derivation.new_secret()), now=START) is None


async def test_find_refuses_the_identity_of_another_session(past_walls):
    _, cookie = await sessions.open_session(JAN, now=START)
    mine = derivation.derive(derivation.read_secret(cookie) or b"", derivation.SESSION_ID)
    await sessions.open_session(JAN, now=START)
    past_walls.execute(
        "update access_session set sealed_identity = (select sealed_identity from access_session where id <> %s)"
        " where id = %s",
        (mine, mine),
    )
    assert await sessions.find(cookie, now=START) is None


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(12), bytes(200)])
async def test_find_refuses_a_damaged_row(sealed, past_walls):
    _, cookie = await sessions.open_session(JAN, now=START)
    past_walls.execute("update access_session set sealed_identity = %s", (sealed,))
    assert await sessions.find(cookie, now=START) is None


async def test_session_ends_after_fifteen_idle_minutes():
    _, cookie = await sessions.open_session(JAN, now=START)
    assert await sessions.find(cookie, now=minutes(14.99)) is not None
    assert await sessions.find(cookie, now=minutes(14.99 + 15)) is None


async def test_session_that_is_used_stays_until_twelve_hours():
    opened, cookie = await sessions.open_session(JAN, now=START)
    for minute in range(10, 12 * 60, 10):
        found = await sessions.find(cookie, now=minutes(minute))
        assert found is not None
        assert found.expires_at == min(minutes(minute + 15), opened.ends_at)
    assert await sessions.find(cookie, now=minutes(12 * 60)) is None


async def test_find_writes_at_most_every_thirty_seconds(past_walls):
    _, cookie = await sessions.open_session(JAN, now=START)
    assert until(await sessions.find(cookie, now=START + timedelta(seconds=29))) == minutes(15)
    assert [row[3] for row in rows(past_walls)] == [START]
    later = START + timedelta(seconds=30)
    assert until(await sessions.find(cookie, now=later)) == later + sessions.IDLE
    assert [row[3] for row in rows(past_walls)] == [later]


async def test_find_at_the_same_time_gives_the_same_session(past_walls):
    _, cookie = await sessions.open_session(JAN, now=START)
    found = await asyncio.gather(*(sessions.find(cookie, now=minutes(5)) for _ in range(8)))
    assert [until(session) for session in found] == [minutes(20)] * 8
    assert [row[3] for row in rows(past_walls)] == [minutes(5)]


async def test_extend_starts_the_idle_time_anew_but_not_past_the_end():
    opened, cookie = await sessions.open_session(JAN, now=START)
    assert until(await sessions.extend(opened, now=minutes(14))) == minutes(29)
    assert await sessions.find(cookie, now=minutes(28)) is not None
    for minute in range(40, 12 * 60, 10):
        await sessions.extend(opened, now=minutes(minute))
    assert until(await sessions.extend(opened, now=minutes(719))) == opened.ends_at
    assert await sessions.extend(opened, now=minutes(720)) is None


async def test_extend_cannot_wake_a_session_that_ended():
    opened, cookie = await sessions.open_session(JAN, now=START)
    assert await sessions.extend(opened, now=minutes(15)) is None
    await sessions.close(opened)
    assert await sessions.extend(opened, now=START) is None
    assert await sessions.find(cookie, now=START) is None


async def test_close_ends_this_session_only():
    one, _ = await sessions.open_session(JAN, now=START)
    other, cookie = await sessions.open_session(JAN, now=START)
    await sessions.close(one)
    assert await sessions.find(cookie, now=START) == other


async def test_open_replaces_the_session_this_browser_had(past_walls):
    first, first_cookie = await sessions.open_session(JAN, now=START)
    second, second_cookie = await sessions.open_session(JAN, now=START, replaces=first)
    assert first_cookie != second_cookie
    assert [row[0] for row in rows(past_walls)] == [second.id]


async def test_session_that_cannot_be_replaced_stays_but_for_another_citizen(monkeypatch):
    first, cookie = await sessions.open_session(JAN, now=START)
    monkeypatch.setattr(sessions, "OPEN", "select 1 / 0 where %(id)s is not null")
    with pytest.raises(psycopg.errors.DivisionByZero):
        await sessions.open_session(JAN, now=START, replaces=first)
    assert await sessions.find(cookie, now=START) == first
    with pytest.raises(psycopg.errors.DivisionByZero):
        await sessions.open_session(replace(JAN, insz="84651421235"), now=START, replaces=first)
    assert await sessions.find(cookie, now=START) is None


async def test_find_refuses_a_session_given_to_another_citizen(past_walls):
    _, cookie = await sessions.open_session(JAN, now=START)
    past_walls.execute("update access_session set citizen_id = gen_random_uuid()")
    assert await sessions.find(cookie, now=START) is None


async def test_portal_sees_no_session_without_its_secret_or_its_citizen():
    session, cookie = await sessions.open_session(JAN, now=START)
    everything = "select id from access_session"
    async with pool.connection() as conn:
        assert await sessions.find(cookie, now=START) == session
        assert await (await conn.execute(everything)).fetchall() == []
    async with pool.as_citizen(session.citizen_id) as conn:
        assert await (await conn.execute(everything)).fetchall() == [(session.id,)]
    async with pool.as_citizen(uuid4()) as conn:
        assert await (await conn.execute(everything)).fetchall() == []


async def test_own_lists_the_sessions_of_this_citizen_only():
    await sessions.open_session(JAN, now=START, device="Firefox op Windows")
    await sessions.open_session(replace(JAN, insz="84651421235"), now=START)
    this, _ = await sessions.open_session(
        replace(JAN, means=SignInMeans.EID), now=minutes(3), device="Safari op iPhone"
    )
    await sessions.open_session(JAN, now=minutes(-20))
    await sessions.open_session(JAN, now=minutes(2), device="Edge op Windows")
    listed = await sessions.list_own(this, Occasion(this.citizen_id, minutes(4), TRACE))
    looks = [(access.name, access.uses[0].activity.name) for access in await entries_of(this.citizen_id)]
    assert looks[0] == ("look at own sessions", "burgerprofiel.sessions")
    assert [(one.about, one.opened_at, one.is_this_one) for one in listed] == [
        (SessionAbout(SignInMeans.EID, "Safari op iPhone"), minutes(3), True),
        (SessionAbout(SignInMeans.ITSME, "Edge op Windows"), minutes(2), False),
        (SessionAbout(SignInMeans.ITSME, "Firefox op Windows"), START, False),
    ]


async def test_close_own_ends_the_one_that_was_named():
    _, other_cookie = await sessions.open_session(JAN, now=START)
    this, cookie = await sessions.open_session(JAN, now=START)
    (handle,) = [
        one.handle
        for one in await sessions.list_own(this, Occasion(this.citizen_id, START, TRACE))
        if not one.is_this_one
    ]
    assert await sessions.close_own(this, handle, now=START) is True
    assert await sessions.find(other_cookie, now=START) is None
    assert await sessions.find(cookie, now=START) == this
    assert await sessions.close_own(this, handle, now=START) is False
    assert await sessions.close_own(this, "", now=START) is False


async def test_close_own_cannot_end_the_session_of_another():
    theirs, their_cookie = await sessions.open_session(replace(JAN, insz="84651421235"), now=START)
    mine, _ = await sessions.open_session(JAN, now=START)
    for listed in await sessions.list_own(theirs, Occasion(theirs.citizen_id, START, TRACE)):
        assert await sessions.close_own(mine, listed.handle, now=START) is False
    assert await sessions.find(their_cookie, now=START) == theirs


async def test_close_others_leaves_this_one_and_everybody_else():
    _, old_cookie = await sessions.open_session(JAN, now=START)
    theirs, their_cookie = await sessions.open_session(replace(JAN, insz="84651421235"), now=START)
    this, cookie = await sessions.open_session(JAN, now=START)
    assert await sessions.close_others(this) == 1
    found = [await sessions.find(each, now=START) for each in (old_cookie, cookie, their_cookie)]
    assert found == [None, this, theirs]


async def test_sweep_deletes_what_is_past_a_limit(past_walls, as_worker):
    await sessions.open_session(JAN, now=START)
    kept, _ = await sessions.open_session(JAN, now=minutes(5))
    async with as_worker():
        assert await sessions.sweep(now=minutes(15)) == 1
        assert [row[0] for row in rows(past_walls)] == [kept.id]
        assert await sessions.sweep() == 1


async def test_session_is_not_swept_by_a_worker_whose_clock_is_ahead(past_walls, as_worker):
    now = datetime.now(UTC)
    seen = [now - sessions.IDLE - each for each in (timedelta(minutes=6), timedelta(minutes=-4))]
    kept = [await sessions.open_session(JAN, now=each) for each in seen][1][0]
    ahead = now + clock.APART - timedelta(seconds=5)
    async with as_worker():
        await tasks.sweep(timestamp=int(ahead.timestamp()))
    assert [row[0] for row in rows(past_walls)] == [kept.id]
    assert await sessions.is_live(kept, now=now)


async def test_sessions_share_no_derived_value():
    opened = [(await sessions.open_session(JAN, now=START))[0] for _ in range(3)]
    assert len({value for one in opened for value in (one.id, one.seal_key, one.form_token)}) == 9


def test_session_and_identity_print_nothing():
    assert repr(JAN) == "Identity(…)"
    assert f"{JAN}" == "Identity(…)"
