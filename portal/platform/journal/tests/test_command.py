"""`manage.py journal verify`: what it says, and its exit code."""

import asyncio
from io import StringIO
from uuid import uuid4

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from portal.platform.journal.findings import Head

from .conftest import Worker, forget_salts, look
from .test_chain import note_break

pytestmark = pytest.mark.security

DAMAGED = "The journal is damaged: 1 findings. docs/operations.md says what to do.\n"


async def verify(*explained: int, seen: str = "") -> tuple[int, str, str]:
    """Run the command; returns its exit code, stdout and stderr."""
    out, err = StringIO(), StringIO()

    def run() -> int:
        try:
            head = [f"--seen={seen}"] if seen else []
            said = {"stdout": out, "stderr": err, "no_color": True}
            call_command("journal", "verify", *head, explained=list(explained), **said)
        except SystemExit as ended:
            return int(str(ended.code))
        return 0

    return await asyncio.to_thread(run), out.getvalue(), err.getvalue()


def head(thief: psycopg.Connection) -> str:
    """Read what `verify` is to print of the last batch."""
    row = thief.execute("select number, hash from journal_batch order by number desc limit 1").fetchone()
    if row is None:
        return f"0:{'0' * 64}"
    return f"{row[0]}:{row[1].hex()}"


async def test_whole_journal(worker: Worker, thief: psycopg.Connection):
    await look(uuid4())
    await worker.seal()
    await look(uuid4())
    assert await verify() == (0, f"not yet sealed: 2 entries\nThe journal is whole.\nhead {head(thief)}\n", "")


async def test_damaged_journal(worker: Worker, thief: psycopg.Connection):
    await look(uuid4())
    await worker.seal()
    thief.execute("update journal_entry set name = 'x' where id = 1")
    assert await verify() == (1, f"entry changed: entry 1 of batch 1\nhead {head(thief)}\n", DAMAGED)


async def test_break_that_is_explained(worker: Worker, thief: psycopg.Connection):
    for _ in range(2):
        await look(uuid4())
        await worker.seal()
    thief.execute("delete from journal_batch where number = 2")
    thief.execute("delete from journal_entry where id > 2")
    forget_salts(thief)
    await note_break(worker)
    said = "chain broken: batch 3 notes that batches 2 to 2 had been anchored and were gone"
    unused = "numbers without an entry: 2 (statements that were undone, or rows that are hidden)\n"
    last = f"head {head(thief)}\n"
    assert await verify() == (1, f"{said}\n{unused}{last}", DAMAGED)
    assert await verify(3) == (0, f"{said} (explained)\n{unused}The journal is whole.\n{last}", "")


async def test_accepted_break(worker: Worker, thief: psycopg.Connection):
    for _ in range(2):
        await look(uuid4())
        await worker.seal()
    seen = head(thief)
    thief.execute("delete from journal_batch where number = 2")
    thief.execute("delete from journal_entry where id > 2")
    forget_salts(thief)
    given = {"who": "databasebeheer", "why": "schijf vervangen, 3 maart"}
    await asyncio.to_thread(call_command, "journal", "accept", head=Head.read(head(thief)), verbosity=0, **given)
    said = (
        "chain broken, and accepted: batch 3 notes that batches 2 to 2 had been anchored and were gone; "
        "databasebeheer: schijf vervangen, 3 maart\n"
        "numbers without an entry: 2 (statements that were undone, or rows that are hidden)\n"
        f"The journal is whole.\nhead {head(thief)}\n"
    )
    assert await verify() == (0, said, "")
    assert await verify(seen=seen) == (0, said, "")


async def test_accepting_needs_the_head_that_was_seen(worker: Worker):
    with pytest.raises(CommandError, match="Say with --head"):
        await asyncio.to_thread(call_command, "journal", "accept", who="x", why="y")


@override_settings(JOURNAL_HEAD_FILE="")
async def test_accepting_needs_the_file_that_the_workers_have():
    with pytest.raises(CommandError, match="Set JOURNAL_HEAD_FILE"):
        await asyncio.to_thread(call_command, "journal", "accept", head=Head(1, bytes(32)), who="x", why="y")


async def test_databases_made_anew_without_a_head_kept_need_no_word(worker: Worker, thief: psycopg.Connection):
    await asyncio.to_thread(call_command, "journal", "accept", made_anew=True, who="make run", why="new")
    assert thief.execute("select count(*) from journal_entry").fetchone() == (0,)


async def cut(thief: psycopg.Connection, key_thief: psycopg.Connection, after: int) -> None:
    """Delete the end of the journal: the entries, links and anchors after a batch."""
    thief.execute("delete from journal_batch where number > %s", (after,))
    thief.execute("delete from journal_entry where id > %s", (2 * after,))
    forget_salts(thief)
    thief.execute("delete from journal_activity where %s = 0", (after,))
    key_thief.execute("delete from journal_anchor where number > %s", (after,))


@pytest.mark.parametrize("left", [0, 1])
async def test_end_that_was_cut_off_everywhere_is_found_by_the_head_seen_before(
    worker: Worker, thief: psycopg.Connection, key_thief: psycopg.Connection, left: int
):
    for _ in range(2):
        await look(uuid4())
        await worker.seal()
    seen = head(thief)
    assert await verify(seen=seen) == (0, f"The journal is whole.\nhead {seen}\n", "")
    await cut(thief, key_thief, left)
    gone = "batch that was seen is gone: batch 2"
    said = [gone, f"numbers without an entry: {4 - 2 * left} (statements that were undone, or rows that are hidden)"]
    said.append(f"head {head(thief)}")
    assert await verify() == (1, "\n".join(said) + "\n", DAMAGED)  # by the head that this machine kept
    worker.head_file.path.unlink()
    code, lines, _ = await verify()
    assert (code, lines.splitlines()) == (0, [said[1], "The journal is whole.", said[2]])
    assert await verify(seen=seen) == (1, "\n".join(said) + "\n", DAMAGED)
    # Also when it has grown again since.
    while left < 2:
        await look(uuid4())
        await worker.seal()
        left += 1
    code, lines, _ = await verify(seen=seen)
    assert (code, lines.splitlines()[0]) == (1, "batch is not the one that was seen: batch 2")


async def test_head_of_an_empty_journal_is_seen_too(worker: Worker):
    seen = f"0:{'0' * 64}"
    assert await verify() == (0, f"The journal is whole.\nhead {seen}\n", "")
    await look(uuid4())
    await worker.seal()
    assert (await verify(seen=seen))[0] == 0


@pytest.mark.parametrize("text", ["", "1", "1:", "1:00", "x:" + "0" * 64, "1:" + "g" * 64, "01:" + "0" * 64])
async def test_head_that_is_none_is_refused(text: str):
    with pytest.raises(CommandError, match="NUMBER:HASH"):
        await asyncio.to_thread(call_command, "journal", "verify", f"--seen={text}")


async def test_what_cannot_be_verified_is_said():
    with override_settings(KEYS_FILE_WORKER="/nowhere"), pytest.raises(CommandError, match="could not verify"):
        await asyncio.to_thread(call_command, "journal", "verify")
