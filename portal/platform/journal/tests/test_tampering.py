"""Whoever gets past every wall, trigger and check leaves a journal that does not fit: each byte, each row."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from portal.platform.journal import canonical
from portal.platform.journal.types import Activity

from .conftest import BOAT, CATCH, Worker, activity, forget_salts, look

pytestmark = pytest.mark.security

TABLES = {"journal_entry": "id", "journal_activity": "id", "journal_batch": "number", "journal_salt": "entry_id"}
COLUMNS = """
select column_name, data_type, is_nullable = 'YES' from information_schema.columns
where table_name = %s order by ordinal_position
"""

# How one byte of a value of each type is changed; `{c}` is the column.
CHANGES: dict[str, tuple[str, ...]] = {
    "bytea": (
        "set_byte({c}, 0, get_byte({c}, 0) # 1)",
        "set_byte({c}, octet_length({c}) / 2, get_byte({c}, octet_length({c}) / 2) # 64)",
        "set_byte({c}, octet_length({c}) - 1, get_byte({c}, octet_length({c}) - 1) # 128)",
        "substr({c}, 2)",
        "{c} || '\\x00'::bytea",
    ),
    "text": ("overlay({c} placing 'x' from 2 for 1)", "{c} || ' '", "substr({c}, 2)"),
    "bigint": ("{c} # 4096", "{c} # 281474976710656"),
    "smallint": ("{c} + 1",),
    "uuid": ("overlay({c}::text placing case right({c}::text, 1) when '0' then '1' else '0' end from 36)::uuid",),
    "timestamp with time zone": ("{c} + interval '1 microsecond'", "{c} - interval '1 day'", "'-infinity'"),
    "ARRAY": ("array_append({c}, {c}[1])", "{c}[2:]"),
}
GIVEN = {
    "bytea": "'\\x01'",
    "text": "'x'",
    "bigint": "7",
    "uuid": "'00000000-0000-4000-8000-000000000000'",
    "ARRAY": "'{}'",
}


@pytest.fixture
async def journal(worker: Worker, unbound: psycopg.Connection) -> Worker:
    """Two batches, with entries of several shapes; whole."""
    await look(uuid4(), catch="ready", boat="down")
    await look(uuid4(), BOAT, boat="kept_ready")
    await worker.seal()
    await look(uuid4(), catch="nothing")
    await worker.seal()
    assert await worker.findings() == []
    return worker


def cells(thief: psycopg.Connection, table: str) -> list[tuple[Any, str, str]]:
    """List what can be done to the cells of a table, of a row of each shape: (key of the row, column, new value)."""
    key = TABLES[table]
    done: list[tuple[Any, str, str]] = []
    rows = thief.execute(f"select * from {table}".encode(), binary=True).fetchall()
    for row in {tuple(value is None for value in row): row for row in rows}.values():
        columns = thief.execute(COLUMNS, (table,)).fetchall()
        at = [name for name, _, _ in columns].index(key)
        for (name, kind, is_nullable), value in zip(columns, row, strict=True):
            if value is None:
                done.append((row[at], name, GIVEN[kind]))
                continue
            done += [(row[at], name, change.replace("{c}", name)) for change in CHANGES[kind]]
            if is_nullable:
                done.append((row[at], name, "null"))
    return done


@pytest.mark.parametrize("table", TABLES)
async def test_changed_cell_is_found(journal: Worker, thief: psycopg.Connection, table: str):
    unseen = []
    thief.execute(f"create temporary table whole as select * from {table}".encode())
    for key, column, value in cells(thief, table):
        change = sql.SQL("update {} set {} = {} where {} = %s").format(
            sql.Identifier(table), sql.Identifier(column), sql.SQL(value), sql.Identifier(TABLES[table])
        )
        assert thief.execute(change, (key,)).rowcount == 1
        if not await journal.damage():
            unseen.append((key, column, value))
        restore(thief, table)
    assert unseen == []
    assert await journal.findings() == []


async def test_every_byte_of_a_text_counts(journal: Worker, thief: psycopg.Connection):
    names: list[str] = [row[0] for row in thief.execute("select title from journal_activity").fetchall()]
    thief.execute("create temporary table whole as select * from journal_activity")
    found = 0
    for at in range(len(names[0])):
        thief.execute("update journal_activity set title = overlay(title placing '?' from %s)", (at + 1,))
        found += len(await journal.damage()) == len(names)
        restore(thief, "journal_activity")
    assert found == len(names[0])


def restore(thief: psycopg.Connection, table: str) -> None:
    thief.execute(f"delete from {table}".encode())
    thief.execute(f"insert into {table} overriding system value select * from whole".encode())


@pytest.mark.parametrize("table", TABLES)
async def test_removed_row_is_found(journal: Worker, thief: psycopg.Connection, table: str):
    key = TABLES[table]
    thief.execute(f"create temporary table whole as select * from {table}".encode())
    rows = thief.execute(f"select {key} from {table}".encode()).fetchall()
    assert len(rows) >= 2
    for row in rows:
        thief.execute(f"delete from {table} where {key} = %s".encode(), row)
        assert await journal.damage() != []
        restore(thief, table)


async def test_removed_entry_is_named(journal: Worker, thief: psycopg.Connection):
    thief.execute("delete from journal_entry where id = 5")
    assert await journal.damage() == ["entry removed: entry 5 of batch 2"]


async def test_changed_entry_is_named(journal: Worker, thief: psycopg.Connection):
    thief.execute("update journal_entry set citizen_id = gen_random_uuid() where id = 3")
    assert await journal.damage() == ["entry changed: entry 3 of batch 1"]


async def test_swapped_entries_are_named(journal: Worker, thief: psycopg.Connection):
    thief.execute("update journal_entry set id = 0 where id = 1")
    thief.execute("update journal_entry set id = 1 where id = 3")
    thief.execute("update journal_entry set id = 3 where id = 0")
    assert await journal.damage() == [f"entry changed: entry {number} of batch 1" for number in (1, 3)]


@pytest.mark.parametrize("number", ["0", "-5", "100"])
async def test_inserted_old_entry_is_named(journal: Worker, thief: psycopg.Connection, number: str):
    columns = "trace_id, operation_id, name, actor_kind, citizen_id, start_ms, activities, status"
    thief.execute(
        f"insert into journal_entry (id, recorded_at, {columns}) overriding system value "
        f"select {number}, recorded_at - interval '1 hour', {columns} from journal_entry where id = 1".encode()
    )
    assert await journal.damage() == [
        f"entry inserted: entry {number} is in no batch (or nothing was sealed for long)"
    ]


async def test_removed_batch_in_the_middle_is_named(journal: Worker, thief: psycopg.Connection):
    await look(uuid4())
    await journal.seal()
    thief.execute("delete from journal_batch where number = 2")
    thief.execute("delete from journal_entry where id in (5, 6)")
    forget_salts(thief)
    assert await journal.damage() == ["batch removed: batches 2 to 2"]


async def test_removed_last_batch_with_its_entries_is_named(journal: Worker, thief: psycopg.Connection):
    thief.execute("delete from journal_batch where number = 2")
    thief.execute("delete from journal_entry where id in (5, 6)")
    forget_salts(thief)
    assert await journal.damage() == [
        "chain shorter than its anchor: the chain ends at batch 1, but batch 2 was anchored"
    ]


async def test_everything_removed_is_named(journal: Worker, thief: psycopg.Connection):
    thief.execute("truncate journal_entry, journal_activity, journal_batch, journal_salt")
    assert await journal.damage() == [
        "chain shorter than its anchor: the chain ends at batch 0, but batch 2 was anchored"
    ]


async def test_rewritten_chain_is_named(journal: Worker, thief: psycopg.Connection, key_thief: psycopg.Connection):
    """Whoever writes in both databases, but has not the worker's key, cannot make a chain."""
    thief.execute("update journal_entry set name = 'nothing special' where id = 5")
    read = (
        f"select uuid_send(salt), {canonical.ENTRY} from journal_entry, journal_salt where id = 5 and entry_id = id"
    )
    salt, *entry = thief.execute(read.encode(), binary=True).fetchone() or (None,)
    thief.execute(
        "update journal_batch set hashes = overlay(hashes placing %s from 1) where number = 2",
        (canonical.entry_hash(entry, salt),),
    )
    batch = thief.execute(
        f"select {canonical.BATCH} from journal_batch where number = 2".encode(), binary=True
    ).fetchone()
    assert batch is not None
    own = canonical.batch_hash(batch)
    thief.execute("update journal_batch set hash = %s where number = 2", (own,))
    key_thief.execute("update journal_anchor set hash = %s where number = 2", (own,))
    assert await journal.damage() == ["batch not sealed with our key: batch 2"]


async def test_turned_batches_are_named(journal: Worker, thief: psycopg.Connection):
    for old, new in ((1, 9), (2, 1), (9, 2)):
        thief.execute("update journal_batch set number = %s where number = %s", (new, old))
    assert await journal.damage() == [
        "batch changed: batch 1",
        "batch out of order: batch 1 does not name batch 0 as it is",
        "batch is not the anchored one: batch 1",
        "batch changed: batch 2",
        "batch out of order: batch 2 does not name batch 1 as it is",
        "batch is not the anchored one: batch 2",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("update journal_anchor set hash = sha256('x') where number = 1", "batch is not the anchored one: batch 1"),
        ("delete from journal_anchor where number = 1", "anchor missing: of batch 1"),
        (
            "insert into journal_anchor (number, hash, mac) values (3, sha256('x'), sha256('y'))",
            "chain shorter than its anchor: the chain ends at batch 2, but batch 3 was anchored",
        ),
    ],
)
async def test_tampered_anchor_is_named(journal: Worker, key_thief: psycopg.Connection, change: str, said: str):
    key_thief.execute(change.encode())
    assert await journal.damage() == [said]


async def test_changed_activity_is_named(journal: Worker, thief: psycopg.Connection):
    thief.execute("update journal_activity set legal_basis = 'Besluit 9' where dataset = 'catch'")
    assert await journal.damage() == [f"activity changed: {CATCH.id.hex()} (fishery.catch)"]


async def test_inserted_activity_is_named(journal: Worker, thief: psycopg.Connection):
    def add(one: Activity) -> None:
        thief.execute(
            "insert into journal_activity select %s, body, body_name, %s, title, purpose, legal_basis, services, "
            "retention from journal_activity where id = %s",
            (one.id, one.dataset, CATCH.id),
        )

    add(activity("net"))
    assert await journal.damage() == [
        f"activity inserted: {activity('net').id.hex()} (fishery.net), which no entry names"
    ]


def test_no_two_rows_give_the_same_bytes():
    """A value may not pass into its neighbour, and nothing is not the same as empty."""
    shapes: list[Callable[..., bytes]] = [
        lambda row: canonical.entry_hash(row, None),
        lambda row: canonical.entry_hash(row, bytes(16)),
        lambda row: canonical.entry_hash(row, bytes([*[0] * 15, 1])),
        canonical.batch_hash,
    ]
    rows: list[tuple[Any, ...]] = [(b"ab", b"c"), (b"a", b"bc"), (b"abc",), (b"abc", None), (b"abc", b""), ("abc",)]
    hashes = {shape(row) for shape in shapes for row in rows}
    assert len(hashes) == len(shapes) * len(rows)


def test_entry_of_a_release_without_salts_is_hashed_as_it_was_and_has_nothing_more():
    before = (7, b"\0" * 8, b"t" * 16, b"o" * 8, None, "overview", "citizen", None, b"c" * 16, 1, b"a", None, 0, None)
    recorded = "6004c98f2dfa43a3a9c1c079bc17ccf44c72c047fe4a7f6f17f4873516cc09ad"
    assert canonical.entry_hash((*before, None, None, None), None).hex() == recorded
    for more in ((b"s" * 16, None, None), (None, b"", None), (None, None, b"")):
        assert canonical.entry_hash((*before, *more), None).hex() != recorded
