"""`manage.py keys rewrap` goes on past what does not open, says how much that is, of nobody, and ends as an error."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from django.conf import settings

from portal.platform.keys import arrivals, citizens, key_file, subjects
from portal.platform.keys.management.commands import keys

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]

ROOT = Path(__file__).parents[4]
BROKEN = "v0:broken"


async def comes() -> UUID:
    citizen_id = uuid4()
    await citizens.ensure(citizen_id)
    await subjects.of(citizen_id)
    return citizen_id


@pytest.fixture
def put_away(past_key_walls: psycopg.Connection) -> Iterator[list[UUID]]:
    """Give a list of citizens and pairs whose rows are deleted at the end: other tests have another key file."""
    ids: list[UUID] = []
    yield ids
    for table, column in (("keys_citizen", "citizen_id"), ("keys_subject", "citizen_id"), ("keys_arrival", "id")):
        past_key_walls.execute(f"delete from {table} where {column} = any(%s)".encode(), (ids,))


async def each(ids: Sequence[UUID]) -> AsyncIterator[UUID]:
    for one in ids:
        yield one


async def test_citizen_behind_one_whose_keys_do_not_open_is_wrapped_anew(
    past_key_walls: psycopg.Connection, put_away: list[UUID], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    broken, whole = await comes(), await comes()
    put_away += [broken, whole]
    past_key_walls.execute("update keys_citizen set mail_key = %s where citizen_id = %s", (BROKEN, broken))
    rotated = tmp_path / "portal.json"
    shutil.copy(settings.KEYS_FILE, rotated)
    key_file.rotate((rotated,), "mail")
    monkeypatch.setattr(settings, "KEYS_FILE", str(rotated))
    done = await keys._rewrap_each(each([broken, whole]))
    # Of the first, what the journal calls them opens all the same.
    assert (done.done, done.failed) == (2, 1)
    of_whole = "select 1 from keys_citizen where mail_key like 'v2:%%' and citizen_id = %s"
    assert past_key_walls.execute(of_whole, (whole,)).fetchone() == (1,)
    assert await subjects.find(broken) is not None


async def test_pair_that_does_not_open_is_counted_and_makes_no_other(
    past_key_walls: psycopg.Connection, put_away: list[UUID]
):
    await arrivals._make_pair()
    before = {pair for (pair,) in past_key_walls.execute("select id from keys_arrival").fetchall()}
    public = os.urandom(64)
    put_away += [uuid4()]
    values = (put_away[0], BROKEN, public)
    past_key_walls.execute(
        "insert into keys_arrival (id, private_key, public_key, created_at) values (%s, %s, %s, '2020-01-01')", values
    )
    assert await arrivals.rewrap() == (0, 1)
    after = {pair for (pair,) in past_key_walls.execute("select id from keys_arrival").fetchall()}
    assert after - before == {put_away[0]}


async def test_command_counts_what_does_not_open_and_names_nobody(
    past_key_walls: psycopg.Connection, put_away: list[UUID]
):
    # What other tests left damaged, or wrapped by a key file of their own, is not counted.
    past_key_walls.execute("delete from keys_citizen; delete from keys_subject")
    put_away += [await comes(), await comes()]
    past_key_walls.execute("update keys_citizen set data_key = %s where citizen_id = any(%s)", (BROKEN, put_away))
    past_key_walls.execute("update keys_subject set subject = %s where citizen_id = %s", (BROKEN, put_away[0]))
    command = [sys.executable, "manage.py", "keys", "rewrap"]
    run = partial(subprocess.run, command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)
    ran = await asyncio.to_thread(run)
    assert ran.returncode == 1
    assert ran.stdout == "0 citizens' keys were wrapped anew.\n"
    assert ran.stderr.startswith("CommandError: 3 rows do not open, and stay as they are:")
    assert [one for one in put_away if str(one) in ran.stdout + ran.stderr] == []
