"""`manage.py journal verify`: what it says, and its exit code."""

import asyncio
from io import StringIO
from uuid import uuid4

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from .conftest import Worker, look

pytestmark = pytest.mark.security

DAMAGED = "The journal is damaged: 1 findings. docs/operations.md says what to do.\n"


async def verify(*explained: int) -> tuple[int, str, str]:
    """Run it; returns the exit code and what it said on stdout and stderr."""
    out, err = StringIO(), StringIO()

    def run() -> int:
        try:
            call_command("journal", "verify", explained=list(explained), stdout=out, stderr=err, no_color=True)
        except SystemExit as ended:
            return int(str(ended.code))
        return 0

    return await asyncio.to_thread(run), out.getvalue(), err.getvalue()


async def test_whole_journal(worker: Worker):
    await look(uuid4())
    await worker.seal()
    await look(uuid4())
    assert await verify() == (0, "not yet sealed: 2 entries\nThe journal is whole.\n", "")


async def test_damaged_journal(worker: Worker, thief: psycopg.Connection):
    await look(uuid4())
    await worker.seal()
    thief.execute("update journal_entry set name = 'x' where id = 1")
    assert await verify() == (1, "entry changed: entry 1 of batch 1\n", DAMAGED)


async def test_break_that_is_explained(worker: Worker, thief: psycopg.Connection):
    for _ in range(2):
        await look(uuid4())
        await worker.seal()
    thief.execute("delete from journal_batch where number = 2")
    thief.execute("delete from journal_entry where id > 2")
    await worker.seal()
    line = "chain broken: batch 3 notes that batches 2 to 2 had been anchored and were gone"
    assert await verify() == (1, f"{line}\n", DAMAGED)
    assert await verify(3) == (0, f"{line} (explained)\nThe journal is whole.\n", "")


async def test_what_cannot_be_verified_is_said():
    with override_settings(KEYS_FILE_WORKER="/nowhere"), pytest.raises(CommandError, match="could not verify"):
        await asyncio.to_thread(call_command, "journal", "verify")
