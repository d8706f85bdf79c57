"""Who sees the rows of notices, how long they stand there, and what a back-up brings back."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest

from portal.features.notifications import actions, queries, receiving
from portal.features.notifications.receiving import NoticeToKeep, PreparedBundle
from portal.features.notifications.types import BundleOutcome, Notice, Position
from portal.platform.database import pool
from portal.platform.keys import citizens

pytestmark = pytest.mark.security

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
ROWS = ("notifications_notice", "notifications_thread")


async def somebody() -> UUID:
    citizen_id = uuid4()
    await citizens.ensure(citizen_id)
    return citizen_id


async def notify_one(
    citizen_id: UUID, thread: UUID, *, at: int = 0, days: int = 9, is_silent: bool = False
) -> PreparedBundle:
    """Have one notice written; at: minutes after NOW that it changed. days: how long it is kept."""
    content = msgspec.json.encode(Notice("c", "685", "r", number=f"CANARY-{at}"))
    changed, ends = NOW + timedelta(minutes=at), NOW + timedelta(days=days)
    notice = NoticeToKeep(uuid4(), citizen_id, thread, "ahovoks", changed, ends, is_silent, content, "")
    bundle = PreparedBundle(uuid4().bytes, b"x", ends, (notice,), NOW)
    assert await receiving.store(await receiving.seal([bundle])) == [BundleOutcome.NEW]
    return bundle


async def unread(citizen_id: UUID) -> int:
    async with pool.as_citizen(citizen_id) as conn:
        row = await (await conn.execute(actions.UNREAD, (citizen_id,))).fetchone()
    return int(row[0])


async def numbers_of(citizen_id: UUID) -> list[str]:
    return [
        record.value["notice"]["number"] for record in await queries.export(citizen_id) if record.kind == "notice"
    ]


async def test_each_sees_and_changes_their_own_rows_only():
    one, other, thread = await somebody(), await somebody(), uuid4()
    await notify_one(one, thread)
    for bound in (pool.as_citizen(other), pool.transaction()):
        async with bound as conn:
            for table in ROWS:
                assert await (await conn.execute(f"select * from {table}")).fetchall() == []
                assert (await conn.execute(f"delete from {table}")).rowcount == 0
            assert (await conn.execute("update notifications_thread set is_marked_unread = true")).rowcount == 0
            assert await (await conn.execute(actions.UNREAD, (one,))).fetchone() == (0,)
    assert (await unread(one), await numbers_of(one), await numbers_of(other)) == (1, ["CANARY-0"], [])
    assert [await act(other, thread) for act in (actions.mark_unread, actions.take_back)] == [False, False]
    assert await actions.archive(other, thread, Position(NOW, 1)) is False
    put = (
        "insert into notifications_thread (citizen_id, thread, body, arrivals, newest_at, newest_number)"
        " values (%s, %s, 'ahovoks', 1, %s, 1)"
    )
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with pool.as_citizen(other) as conn:
            await conn.execute(put, (one, uuid4(), NOW))


async def test_writing_for_many_leaves_nobody_bound():
    one, other = await somebody(), await somebody()
    await notify_one(one, uuid4())
    setting, count = "select current_setting('app.citizen', true)", "select count(*) from notifications_notice"
    async with pool.as_citizen(other) as conn:
        await conn.execute(
            receiving.RECEIVE,
            {
                "marks": [uuid4().bytes],
                "contents": [b"x"],
                "bundle_ends": [NOW],
                "places": [1],
                "ids": [uuid4()],
                "citizens": [one],
                "threads": [uuid4()],
                "bodies": ["ahovoks"],
                "changed": [NOW],
                "ends": [NOW],
                "silent": [False],
                "waiting": [True],
                "sealed": [b"x"],
                "services": [""],
                "now": NOW,
            },
        )
        assert UUID((await (await conn.execute(setting)).fetchone())[0]) == other
        assert await (await conn.execute(count)).fetchone() == (0,)


async def test_worker_reads_no_content_and_sweeps_what_is_over(as_worker):
    citizen, short, long = await somebody(), uuid4(), uuid4()
    await notify_one(citizen, short, days=1)
    await notify_one(citizen, long, at=1, days=1)
    await notify_one(citizen, long, days=9)
    async with as_worker():
        for column in ("sealed", "arrived_at", "is_waiting"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                async with pool.transaction() as conn:
                    await conn.execute(f"select {column} from notifications_notice")
        assert await actions.expire(NOW + timedelta(days=1)) == 0
        assert await actions.expire(NOW + timedelta(days=1, seconds=1)) == 2
        assert await actions.expire(NOW + timedelta(days=1, seconds=1)) == 0
    # What is left of a thread says how it stands, and what was of no other notice is gone with it.
    assert (await numbers_of(citizen), await unread(citizen)) == (["CANARY-0"], 1)
    async with as_worker():
        assert await actions.expire(NOW + timedelta(days=10)) == 1
    assert (await numbers_of(citizen), await unread(citizen)) == ([], 0)


async def test_sweep_goes_in_parts_of_one_transaction_each(as_worker, past_walls, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(actions, "PART", 2)
    for _ in range(5):
        await notify_one(await somebody(), uuid4(), days=1)
    kept = await somebody()
    await notify_one(kept, uuid4())
    async with as_worker():
        assert await pool.sweep(actions.SWEEP, (NOW + timedelta(days=2), 2)) == 2
        assert await actions.expire(NOW + timedelta(days=2)) == 3
    for table in ("notice", "thread", "bundle"):
        assert past_walls.execute(f"select count(*) from notifications_{table}").fetchone() == (1,), table
    assert await numbers_of(kept) == ["CANARY-0"]


async def test_sweep_of_the_newest_makes_nothing_unread_that_was_read(as_worker):
    citizen, thread = await somebody(), uuid4()
    await notify_one(citizen, thread)
    newest = (await notify_one(citizen, thread, at=1, days=1)).notices[0]
    await actions.note_opening(citizen, thread, Position(newest.changed_at, 2))
    async with as_worker():
        assert await actions.expire(NOW + timedelta(days=2)) == 1
    assert await unread(citizen) == 0
    await notify_one(citizen, thread, at=2)
    assert await unread(citizen) == 1


async def test_what_came_for_an_erased_citizen_stays_closed_in_a_restored_back_up(back_up):
    erased, kept = await somebody(), await somebody()
    for each in (erased, kept):
        await notify_one(each, uuid4())
    restored = await back_up()
    # Gone from the live database, and the keys with it; the back-up still has the rows.
    async with pool.as_citizen(erased) as conn:
        await actions.forget(conn, erased)
    await citizens.erase(erased)
    async with restored():
        assert await numbers_of(kept) == ["CANARY-0"]
        async with pool.as_citizen(erased) as conn:
            assert await (await conn.execute("select count(*) from notifications_notice")).fetchone() == (1,)
        # Nor do new keys open it, should they come back as a new citizen.
        await citizens.come_back(erased)
        await citizens.ensure(erased)
        found = [record.value for record in await queries.export(erased) if record.kind == "notice"]
        assert [value["notice"] for value in found] == [None]
