"""What somebody marks as paid: sealed, theirs alone, once, and gone when its time comes or the link goes."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from portal.features.mailbox import actions, queries
from portal.features.mailbox.payments import paid
from portal.features.mailbox.tests.linking import links, occasion
from portal.platform.database import pool
from portal.platform.keys import citizens
from tests.journal_entries import entries_of

pytestmark = pytest.mark.security

ONE, OTHER = "smals|CANARY/1", "vlaanderen|CANARY/1"


async def somebody() -> UUID:
    citizen_id = uuid4()
    await citizens.ensure(citizen_id)
    await links(citizen_id)
    return citizen_id


async def test_a_mark_is_of_one_message_of_one_citizen_and_once(anew):
    citizen_id = await somebody()
    for _ in range(2):
        await paid.mark(occasion(citizen_id), ONE)
    assert set(await paid.since_when(citizen_id, [ONE, OTHER])) == {ONE}
    assert await paid.since_when(await somebody(), [ONE]) == {}
    assert await paid.since_when(citizen_id, []) == {}
    await paid.unmark(occasion(citizen_id), OTHER)
    await paid.unmark(occasion(citizen_id), ONE)
    await paid.unmark(occasion(citizen_id), ONE)
    assert await paid.since_when(citizen_id, [ONE]) == {}
    names = [entry.name for entry in await entries_of(citizen_id)]
    marked = ["mark own document as not paid", "mark own document as paid"]
    assert sorted(name for name in names if name.startswith("mark ")) == marked


async def test_rows_say_nothing_nobody_else_sees_them_and_a_strange_one_is_none(anew, past_walls: psycopg.Connection):
    citizen_id = await somebody()
    await paid.mark(occasion(citizen_id), ONE)
    (row,) = past_walls.execute("select row_to_json(mailbox_paid)::text, mark, sealed from mailbox_paid").fetchall()
    assert [b"CANARY" in each for each in (row[0].encode(), *row[1:])] == [False] * 3
    async with pool.as_citizen(await somebody()) as conn:
        assert await (await conn.execute("select 1 from mailbox_paid")).fetchall() == []
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await conn.execute(
                "insert into mailbox_paid (citizen_id, mark, sealed, since) values (%s, 'a', 'b', now())",
                (citizen_id,),
            )
    assert [one.value for one in await queries.export(citizen_id) if one.kind == "ebox_paid"] == [ONE]
    past_walls.execute("update mailbox_paid set sealed = 'x'")
    assert [one.value for one in await queries.export(citizen_id) if one.kind == "ebox_paid"] == [None]


async def test_marks_go_with_their_time_with_the_link_and_with_their_citizen(anew, as_worker):
    citizen_id = await somebody()
    await paid.mark(occasion(citizen_id), ONE)
    ends = datetime.now(UTC) + paid.HOLDS
    async with as_worker():
        minute = timedelta(minutes=1)
        assert (await paid.expire(ends - minute), await actions.expire(ends + minute)) == (0, 1)
    assert await paid.since_when(citizen_id, [ONE]) == {}

    for ends in (actions.withdraw, forgets):
        await links(citizen_id)
        await paid.mark(occasion(citizen_id), ONE)
        await ends(occasion(citizen_id))
        assert await paid.since_when(citizen_id, [ONE]) == {}


async def forgets(one) -> None:
    async with pool.as_citizen(one.citizen_id) as conn:
        await actions.forget(conn, one.citizen_id)


async def test_only_the_newest_are_kept(anew, monkeypatch):
    monkeypatch.setattr(paid, "MOST", 2)
    citizen_id = await somebody()
    for at in range(3):
        await paid.mark(occasion(citizen_id), f"smals|{at}")
    assert set(await paid.since_when(citizen_id, [f"smals|{at}" for at in range(3)])) == {"smals|1", "smals|2"}
