"""What is sealed, by whom, and what becomes of the chain when a database is put back."""

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings

from portal.platform.database import pool
from portal.platform.journal import actions, sealing, standing
from portal.platform.journal.sealing import SealedBatch
from portal.platform.journal.standing import catalog_only
from portal.platform.keys import key_file
from portal.platform.keys.key_file import KeyFile

from .conftest import Worker, forget_salts, look, operation

pytestmark = pytest.mark.security

LATER = timedelta(seconds=61)


async def test_empty_journal_is_whole(worker: Worker):
    assert await worker.seal() is None
    assert await worker.findings() == []


async def test_sealed_journal_is_whole(worker: Worker):
    for _ in range(3):
        await look(uuid4(), catch="ready", boat="nothing")
        assert await worker.seal() is not None
    assert await worker.seal() is None
    assert await worker.findings() == []


async def test_more_than_a_batch_takes_several(worker: Worker):
    await look(uuid4())
    await look(uuid4())
    assert [await worker.seal(most=3) for _ in range(3)] == [SealedBatch(1, 3), SealedBatch(2, 1), None]
    assert await worker.findings() == []


async def test_young_entries_wait_and_old_ones_are_damage(worker: Worker):
    await look(uuid4())
    assert [finding.line() for finding in await worker.findings()] == ["not yet sealed: 2 entries"]
    assert await worker.damage(after=timedelta(hours=1)) == [
        "entry inserted: entries 1 to 2 are in no batch (or nothing was sealed for long)"
    ]


async def test_entry_that_commits_late_is_sealed_later(worker: Worker):
    late = uuid4()
    await look(uuid4())
    assert await worker.seal() == SealedBatch(1, 2)
    async with pool.as_citizen(late) as conn:
        await actions.record_asked(conn, operation(late))  # has its id, and does not commit yet
        await look(uuid4())
        assert await worker.seal() == SealedBatch(2, 2)
        await look(uuid4())
        assert await worker.seal(after=timedelta(seconds=59)) == SealedBatch(3, 2)
    assert await worker.seal(after=LATER) == SealedBatch(4, 1)
    await look(uuid4())
    assert await worker.seal(after=LATER + LATER) == SealedBatch(5, 2)
    assert await worker.findings() == []


async def test_entry_that_commits_late_is_sealed_also_after_the_clock_jumped(worker: Worker):
    """By their times the link of a moment ago was older than any transaction, and the entry was damage for ever."""
    late, jumped = uuid4(), timedelta(minutes=5)
    await look(uuid4())
    assert await worker.seal() == SealedBatch(1, 2)
    async with pool.as_citizen(late) as conn:
        await actions.record_asked(conn, operation(late))
        await look(uuid4())
        assert await worker.seal() == SealedBatch(2, 2)
        await look(uuid4())
        assert await worker.seal(after=jumped) == SealedBatch(3, 2)
    assert await worker.seal(after=jumped + timedelta(seconds=10)) == SealedBatch(4, 1)
    assert await worker.damage(after=timedelta(hours=1)) == []


async def test_two_sealers_make_one_chain(worker: Worker):
    for _ in range(10):
        await look(uuid4())
    conn, anchors = await worker.connect()
    async with conn, anchors:
        other = Worker(conn, anchors, worker.keys, worker.connect, worker.started, worker.head_file)

        async def seal(each: Worker) -> list[int]:
            made = [await each.seal(most=2) for _ in range(20)]
            return [sealed.number for sealed in made if sealed]

        one, two = await asyncio.gather(seal(worker), seal(other))
    # One who finds the other at it leaves at once, so some may be left.
    assert sorted(one + two + await seal(worker)) == list(range(1, 11))
    assert await worker.findings() == []


async def test_anchors_of_a_key_database_made_anew_are_made_up_in_turns(
    worker: Worker, key_thief: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
):
    for _ in range(5):
        await look(uuid4())
        await worker.seal()
    key_thief.execute("delete from journal_anchor")
    monkeypatch.setattr(sealing, "ANCHORS", 2)
    there = []
    for _ in range(3):
        assert await worker.seal() is None
        there += key_thief.execute("select max(number) from journal_anchor").fetchone()
    assert (there, await worker.findings()) == ([2, 4, 5], [])


async def test_fork_is_refused_by_the_table(worker: Worker, thief: psycopg.Connection):
    await look(uuid4())
    await worker.seal()
    with pytest.raises(psycopg.errors.UniqueViolation):
        thief.execute(
            "insert into journal_batch select 2, previous, sealed_at, entry_ids, hashes, up_to, lost_number, "
            "lost_hash, hash, mac from journal_batch"
        )


async def test_anchor_that_a_dying_sealer_left_out_is_made_up(worker: Worker, key_thief: psycopg.Connection):
    await look(uuid4())
    await worker.seal()
    key_thief.execute("delete from journal_anchor")
    assert [finding.line() for finding in await worker.findings()] == ["not yet anchored: batch 1"]
    assert await worker.damage(after=timedelta(hours=1)) == ["anchor missing: of batch 1"]
    await worker.seal()
    assert await worker.findings() == []


async def put_back(worker: Worker, thief: psycopg.Connection) -> None:
    """Three batches, of which a back-up knows the first."""
    for _ in range(3):
        await look(uuid4())
        await worker.seal()
    thief.execute("delete from journal_batch where number > 1")
    thief.execute("delete from journal_entry where id > 2")
    forget_salts(thief)


async def test_database_put_back_is_found(worker: Worker, thief: psycopg.Connection):
    await put_back(worker, thief)
    assert await worker.damage() == [
        "chain shorter than its anchor: the chain ends at batch 1, but batch 3 was anchored"
    ]


async def note_break(worker: Worker) -> None:
    """Note a break without an explanation, as workers of the first release did by themselves."""
    async with catalog_only(worker.conn):
        known = await standing.read(worker.conn, worker.anchors, worker.keys)
        assert known
        new = await sealing.link(worker.conn, worker.keys, known, [], known.anchored, worker.started)
    worker.head_file.replace(known.installation, new)
    await sealing.anchor(worker.conn, worker.anchors, known.anchored.number)


async def test_break_that_an_earlier_release_noted_stays_visible(worker: Worker, thief: psycopg.Connection):
    await put_back(worker, thief)
    await note_break(worker)
    await look(uuid4())
    assert await worker.seal() == SealedBatch(5, 2)
    assert await worker.damage() == [
        "chain broken: batch 4 notes that batches 2 to 3 had been anchored and were gone"
    ]


async def test_break_cannot_hide_another_loss(
    worker: Worker, thief: psycopg.Connection, key_thief: psycopg.Connection
):
    await put_back(worker, thief)
    await note_break(worker)
    key_thief.execute("update journal_anchor set hash = sha256(hash) where number = 3")
    key_thief.execute("delete from journal_anchor where number = 2")
    assert await worker.damage() == [
        "chain broken: batch 4 notes that batches 2 to 3 had been anchored and were gone",
        "batch is not the anchored one: batch 3, as batch 4 names it",
        "anchor missing: of batches 2 to 3",
    ]


async def test_chain_of_another_key_is_forged(worker: Worker, thief: psycopg.Connection, tmp_path: Path):
    key_file.create(tmp_path / "other.json", ("journal",), installation="x")
    own, worker.keys = worker.keys, KeyFile.read(tmp_path / "other.json")
    await look(uuid4())
    await worker.seal()
    worker.keys = own
    assert await worker.damage() == ["batch not sealed with our key: batch 1"]


async def test_worker_seals_through_the_pools(worker: Worker, as_worker, monkeypatch: pytest.MonkeyPatch):
    await look(uuid4())
    monkeypatch.setattr(settings, "KEYS_FILE", "")
    async with as_worker():
        assert await sealing.seal_batches() == 2
    assert await worker.findings() == []
