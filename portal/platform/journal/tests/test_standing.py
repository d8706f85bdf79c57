"""Nothing is sealed on a chain that is not the one this worker knows, until somebody explains why it is another."""

import logging
import os
import shutil
from pathlib import Path
from uuid import uuid4

import msgspec
import psycopg
import pytest
from django.conf import settings

from portal.platform.journal import queries, sealing, standing
from portal.platform.journal.errors import HeadFileRefused, NotAccepted
from portal.platform.journal.findings import Head
from portal.platform.journal.head_file import HeadFile
from portal.platform.journal.sealing import SealedBatch

from .conftest import Worker, forget_salts, look

pytestmark = pytest.mark.security

COUNT = "select count(*) from journal_batch"


@pytest.fixture
async def journal(worker: Worker) -> Worker:
    """Three batches of two entries each."""
    for _ in range(3):
        await look(uuid4(), catch="ready", boat="nothing")
        await worker.seal()
    return worker


def cut(thief: psycopg.Connection, key_thief: psycopg.Connection | None, after: int) -> None:
    """Take the end of the journal away: the anchors too where somebody owns both databases."""
    thief.execute("delete from journal_batch where number > %s", (after,))
    thief.execute("delete from journal_entry where id > %s", (2 * after,))
    forget_salts(thief)
    if key_thief:
        key_thief.execute("delete from journal_anchor where number > %s", (after,))


async def test_end_that_was_cut_off_in_both_databases_is_sealed_no_more(journal: Worker, thief, key_thief):
    cut(thief, key_thief, 1)
    await look(uuid4())
    assert await journal.why_it_stops() == (
        "the chain ends at batch 1, but batch 3 was seen by this worker and is gone"
    )
    assert thief.execute(COUNT).fetchone() == (1,)
    assert key_thief.execute("select count(*) from journal_anchor").fetchone() == (1,)


async def test_everything_cut_off_is_sealed_no_more(journal: Worker, thief, key_thief):
    cut(thief, key_thief, 0)
    await look(uuid4())
    assert "ends at batch 0, but batch 3 was seen" in await journal.why_it_stops()


async def test_end_that_was_cut_off_and_anchored_is_sealed_no_more(journal: Worker, thief):
    cut(thief, None, 1)
    journal.head_file.path.unlink()
    assert await journal.why_it_stops() == "the chain ends at batch 1, but batch 3 was anchored and is gone"


async def test_end_that_grew_again_is_another(journal: Worker, thief, key_thief):
    kept = journal.head_file.path.read_bytes()
    cut(thief, key_thief, 2)
    journal.head_file.path.unlink()
    await look(uuid4())
    assert await journal.seal() == SealedBatch(3, 2)
    journal.head_file.path.write_bytes(kept)
    journal.head_file.path.chmod(0o600)
    assert "batch 3 was seen by this worker and is another now" in await journal.why_it_stops()


async def test_batch_that_nobody_of_ours_made_is_not_sealed_on(journal: Worker, thief):
    thief.execute(
        "insert into journal_batch select 4, hash, sealed_at, '{}', '', up_to, null, null, sha256('x'), mac "
        "from journal_batch where number = 3"
    )
    assert await journal.why_it_stops() == "batch 4 was not made with our key"
    assert (await journal.accept(why="somebody with the worker's password")).number == 5
    await look(uuid4())
    assert await journal.seal() == SealedBatch(6, 2)
    assert await journal.damage() == ["batch changed: batch 4"]


async def test_batch_that_follows_nothing_is_not_sealed_on(journal: Worker, thief):
    await look(uuid4())
    kept = journal.head_file.path.read_bytes()
    await journal.seal()
    await look(uuid4())
    await journal.seal()
    thief.execute("delete from journal_batch where number = 4")
    journal.head_file.path.write_bytes(kept)
    assert await journal.why_it_stops() == "batch 5 does not come after batch 3 as it is"
    assert (await journal.accept()).number == 6
    await look(uuid4())
    assert await journal.seal() == SealedBatch(7, 4)


@pytest.mark.parametrize("number", [4, 10**18])
async def test_foreign_anchor_stops_sealing(journal: Worker, key_thief, number: int):
    key_thief.execute(
        "insert into journal_anchor (number, hash, mac) values (%s, sha256('x'), sha256('y'))", (number,)
    )
    assert await journal.why_it_stops() == f"anchor {number} was not made with our key"
    assert (await journal.accept(why="somebody with the worker's password")).number == number + 1
    await look(uuid4())
    assert await journal.seal() == SealedBatch(number + 2, 2)


async def test_anchor_of_a_batch_of_ours_without_our_mark_stops_sealing_until_it_is_explained(journal: Worker):
    await look(uuid4())
    known = await standing.read(journal.conn, journal.anchors, journal.keys)
    rows = await sealing._pending(journal.conn, 10)
    head = await sealing.link(journal.conn, journal.keys, known, rows, None, journal.started)
    await journal.anchors.execute(sealing.ANCHOR, (head.number, head.hash, bytes(32)))
    assert await journal.why_it_stops() == "anchor 4 was not made with our key"
    assert (await journal.accept(why="somebody with the worker's password")).number == 5
    await look(uuid4())
    assert await journal.seal() == SealedBatch(6, 2)
    assert await journal.damage() == ["anchor not made with our key: of batch 4"]


@pytest.mark.parametrize("number", [0, 2, 3, 3 + 1_000_001, 2**63 - 1])
async def test_anchor_comes_after_those_there_are_and_not_far(journal: Worker, number: int):
    with pytest.raises(psycopg.errors.CheckViolation, match="does not come after anchor 3"):
        await journal.anchors.execute(sealing.ANCHOR, (number, bytes(32), bytes(32)))


async def test_worker_writes_no_anchor_past_the_function(journal: Worker):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await journal.anchors.execute("insert into journal_anchor (number, hash) values (4, sha256('x'))")


async def test_break_is_accepted_with_who_and_why_and_the_chain_goes_on(journal: Worker, thief):
    cut(thief, None, 1)
    found = await journal.head()
    new = await journal.accept()
    assert new.number == 4
    told = thief.execute(
        "select e.actor_kind, e.actor, e.name, a.title, a.purpose from journal_entry e "
        "join journal_activity a on a.id = e.activities[1] where e.actor_kind = 'employee'"
    ).fetchall()
    lost = thief.execute("select lost_number, lost_hash from journal_batch where number = 4").fetchone()
    assert told == [
        (
            "employee",
            "databasebeheer",
            "accept the journal",
            f"{Head(*lost)} -> {found}",
            "back-up of 3 March put back",
        )
    ]
    await look(uuid4())
    assert await journal.seal() == SealedBatch(5, 2)
    assert await journal.damage() == []
    assert next(one.line() for one in await journal.findings()) == (
        "chain broken, and accepted: batch 4 notes that batches 2 to 3 had been anchored and were gone; "
        "databasebeheer: back-up of 3 March put back"
    )


async def test_end_cut_off_everywhere_can_be_accepted_too(journal: Worker, thief, key_thief):
    cut(thief, key_thief, 0)
    assert (await journal.accept()).number == 4
    await look(uuid4())
    assert await journal.seal() == SealedBatch(5, 2)
    assert await journal.damage() == []


async def test_worker_of_another_machine_goes_on_after_what_was_accepted(journal: Worker, thief, tmp_path: Path):
    elsewhere = HeadFile(Path(shutil.copy(journal.head_file.path, tmp_path / "elsewhere.json")))
    kept = msgspec.json.decode(elsewhere.path.read_bytes())
    behind = HeadFile(tmp_path / "behind.json")
    row = thief.execute("select number, hash from journal_batch where number = 2").fetchone()
    behind.replace(kept["installation"], Head(*row))
    cut(thief, None, 1)
    await journal.accept()
    for journal.head_file in (elsewhere, behind):
        assert await journal.seal() is None
        assert journal.head_file.read() == HeadFile(Path(settings.JOURNAL_HEAD_FILE)).read()


async def test_worker_that_has_seen_more_than_was_explained_stops(journal: Worker, thief, key_thief, tmp_path: Path):
    ahead = HeadFile(Path(shutil.copy(journal.head_file.path, tmp_path / "ahead.json")))
    row = thief.execute("select number, hash from journal_batch where number = 2").fetchone()
    journal.head_file.replace(ahead.read().installation, Head(*row))
    cut(thief, key_thief, 1)
    assert (await journal.accept()).number == 3
    journal.head_file = ahead
    assert "batch 3 was seen by this worker and is another now" in await journal.why_it_stops()


async def test_nothing_is_accepted_that_needs_no_word(journal: Worker, thief):
    with pytest.raises(NotAccepted, match="nothing to accept"):
        await journal.accept()
    cut(thief, None, 1)
    with pytest.raises(NotAccepted, match="the chain ends at 1:"):
        await journal.accept(head=Head(2, bytes(32)))
    with pytest.raises(NotAccepted, match="was not made anew"):
        await journal.accept(is_made_anew=True)
    for given in ({"who": " "}, {"why": ""}, {"why": "x" * 501}):
        with pytest.raises(NotAccepted, match="say who and why"):
            await journal.accept(**given)
    assert thief.execute("select count(*) from journal_entry where id > 2").fetchone() == (0,)


async def test_another_database_is_no_continuation(journal: Worker, thief, key_thief):
    before = thief.execute("select installation from journal_state").fetchone()
    cut(thief, key_thief, 0)
    thief.execute("truncate journal_activity")
    thief.execute("update journal_state set installation = gen_random_uuid()")
    try:
        assert "this is another database" in await journal.why_it_stops()
        assert (await journal.accept(is_made_anew=True, who="make run")).number == 1
        await look(uuid4())
        assert await journal.seal() == SealedBatch(2, 2)
        assert await journal.damage() == []
    finally:
        thief.execute("update journal_state set installation = %s", before)


async def test_head_that_a_dying_worker_did_not_keep_is_made_up(journal: Worker, thief):
    kept = journal.head_file.read()
    before = thief.execute("select number, hash from journal_batch where number = 2").fetchone()
    journal.head_file.replace(kept.installation, Head(*before))
    assert await journal.seal() is None
    assert journal.head_file.read() == kept


async def test_machine_without_a_head_begins_with_the_chain_there_is_and_says_so(
    journal: Worker, caplog: pytest.LogCaptureFixture
):
    journal.head_file.path.unlink()
    with caplog.at_level(logging.WARNING, "portal.journal"):
        assert await journal.seal() is None
    assert caplog.messages == ["this machine has kept no head of the journal yet: it begins with batch 3"]
    assert journal.head_file.read().head == await journal.head()


async def test_head_that_cannot_be_kept_stops_sealing(worker: Worker, thief, tmp_path: Path):
    worker.head_file = HeadFile(tmp_path / "a file" / "head.json")
    worker.head_file.path.parent.write_text("")
    await look(uuid4())
    with pytest.raises(HeadFileRefused):
        await worker.seal()
    assert thief.execute(COUNT).fetchone() == (0,)


async def test_trouble_is_logged_and_told_to_the_operator_until_it_is_over(
    journal: Worker, as_worker, thief, key_thief, monkeypatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(settings, "KEYS_FILE", "")
    kept = journal.head_file.path.read_bytes()
    cut(thief, key_thief, 1)
    async with as_worker():
        with caplog.at_level(logging.CRITICAL, "portal.journal"):
            assert await sealing.seal_batches() == 0
    said = "the chain ends at batch 1, but batch 3 was seen by this worker and is gone"
    assert caplog.messages == [f"the journal is NOT sealed any more: {said}. See docs/operations.md"]
    assert (await queries.sealing_state()).trouble == said
    assert kept == journal.head_file.path.read_bytes()
    await journal.accept()
    await look(uuid4())
    async with as_worker():
        assert await sealing.seal_batches() == 2
    assert (await queries.sealing_state()).trouble is None


def test_head_file_is_closed_and_goes_forward_only(tmp_path: Path):
    one, file = uuid4(), HeadFile(tmp_path / "new" / "head.json")
    assert file.read() is None
    for number in (3, 2, 5, 4):
        file.keep(one, Head(number, bytes([number]) * 32))
    assert (file.read().head, file.read().installation) == (Head(5, b"\5" * 32), one)
    assert [path.stat().st_mode & 0o777 for path in (file.path, file.path.parent)] == [0o600, 0o700]
    assert sorted(path.name for path in file.path.parent.iterdir()) == ["head.json", "head.json.lock"]
    file.replace(one, Head(1, bytes(32)))
    assert file.read().number == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.chmod(0o644),
        lambda path: path.write_bytes(path.read_bytes()[:-20]),
        lambda path: path.write_bytes(path.read_bytes().replace(b'"number":1', b'"number":"1"')),
        lambda path: path.write_bytes(path.read_bytes().replace(b"00", b"0", 1)),
        lambda path: (path.rename(path.with_name("other")), os.symlink(path.with_name("other"), path)),
        lambda path: (path.unlink(), path.mkdir(mode=0o700)),
        lambda path: (path.unlink(), os.mkfifo(path, 0o600)),
    ],
)
def test_head_file_that_cannot_be_trusted_is_refused(tmp_path: Path, damage):
    file = HeadFile(tmp_path / "head.json")
    file.keep(uuid4(), Head(1, bytes(32)))
    damage(file.path)
    with pytest.raises(HeadFileRefused):
        file.read()
