"""Reports of the portal's processes about their sources, shared through the database, so that any process can show
all of them to operators.

Owns `sources_process` (unlogged): a row for each process, of this machine or another, without personal data. A
process writes its row every five seconds and deletes it as it ends; a row that is not renewed is deleted after an
hour.
"""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import groupby

import msgspec
import psycopg
from django.conf import settings

from portal.platform.database import pool
from portal.platform.database.pool import DatabaseBusy

from . import unread
from .gates.states import SourceState, states
from .unread import UnreadCount

EVERY_SECONDS = 5.0
SILENT = timedelta(seconds=20)  # a busy process, or one that waits for the database, may skip a report
KEPT = timedelta(hours=1)
# When processes disagree about a source, the first of these conditions that any of them reports counts.
WORST_FIRST = {condition: place for place, condition in enumerate(("off", "maintenance", "failing", "full", "open"))}

TELL = """
with forgotten as (
    delete from sources_process where heard_at < now() - %(kept)s and (place, number) <> (%(place)s, %(number)s)
)
insert into sources_process (place, number, pid, began_at, states)
values (%(place)s, %(number)s, %(pid)s, %(began_at)s, %(states)s)
on conflict (place, number) do update
    set pid = excluded.pid, began_at = excluded.began_at, heard_at = now(), states = excluded.states
returning 1
"""
LOOK = """
select place, number, pid, began_at, heard_at, heard_at > now() - %s, states
from sources_process order by place, number
"""
# Another process may have taken this one's number meanwhile.
LEAVE = "delete from sources_process where place = %s and number = %s and pid = %s"


log = logging.getLogger("portal.processes")


class Process(msgspec.Struct, frozen=True):
    """A process of the portal, by its last report. place: machine and port; number: which of several processes there.

    heard_at: the moment of the report. is_heard: whether that is less than SILENT ago. states: its sources as it saw
    them then.
    """

    place: str
    number: int
    pid: int
    began_at: datetime
    heard_at: datetime
    is_heard: bool
    states: tuple[SourceState, ...] = ()


class Survey(msgspec.Struct, frozen=True):
    """All processes; is_whole: False where the database could not give the reports of the others."""

    processes: tuple[Process, ...]
    is_whole: bool


_began_at = datetime.now(UTC)


async def report_regularly() -> None:
    """Write this process's report at intervals, until cancelled; one that fails is tried again at the next."""
    while True:
        try:
            await report()
        except DatabaseBusy:
            pass  # the pool logs that the database is away
        except Exception as error:
            # Whatever the fault, operators must not take this process for one that is gone. The type only is logged:
            # a message of the database can quote a value.
            log.error("operators are not told of this process: %s", type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)


async def report() -> None:
    """Write this process's report. Raise DatabaseBusy."""
    own = own_process()
    values = {
        "place": own.place,
        "number": own.number,
        "pid": own.pid,
        "began_at": own.began_at,
        "states": msgspec.json.encode(own.states),
        "kept": KEPT,
    }
    await pool.repeatable(TELL, values)


async def delete_report() -> None:
    """Delete this process's report as it ends, if the database allows."""
    own = own_process()
    # A report that stays expires by itself, and the rest of the shutdown must go on.
    with suppress(DatabaseBusy, psycopg.Error):
        async with pool.connection() as conn:
            await conn.execute(LEAVE, (own.place, own.number, own.pid))


def own_process() -> Process:
    """Describe this process as it is now."""
    now = datetime.now(UTC)
    place, number = f"{socket.gethostname()}:{settings.PORT}", settings.WORKER or 1
    seen = tuple(states(time.monotonic()))
    return Process(place, number, os.getpid(), _began_at, now, is_heard=True, states=seen)


async def survey() -> Survey:
    """List all processes by place and number: the others by their last report, this one as it is now."""
    own = own_process()
    try:
        rows = await pool.repeatable(LOOK, (SILENT,))
    except (DatabaseBusy, psycopg.Error):
        return Survey((own,), is_whole=False)
    everyone = [
        Process(place, number, pid, began_at, heard_at, is_heard, _read(states))
        for place, number, pid, began_at, heard_at, is_heard, states in rows
        if (place, number) != (own.place, own.number)
    ]
    everyone.append(own)
    everyone.sort(key=lambda each: (each.place, each.number))
    return Survey(tuple(everyone), is_whole=True)


def merge(processes: Sequence[Process]) -> list[SourceState]:
    """Merge the reports of live processes for each source: the worst condition, and the sums of their numbers."""
    states = [state for process in processes if process.is_heard for state in process.states]
    states.sort(key=lambda state: (state.source, WORST_FIRST.get(state.condition, 0)))
    return [_merge_states(list(same)) for _, same in groupby(states, key=lambda state: state.source)]


def _merge_states(same: list[SourceState]) -> SourceState:
    worst = same[0]
    since = [state.down_since for state in same if state.down_since]
    return SourceState(
        source=worst.source,
        bodies=worst.bodies,
        condition=worst.condition,
        under_way=sum(state.under_way for state in same),
        calls=sum(state.calls for state in same),
        failed=sum(state.failed for state in same),
        slow=sum(state.slow for state in same),
        down_since=min(since, default=None),
        unread=_merge_unread([each for state in same for each in state.unread]),
        processes=sum(state.condition == worst.condition for state in same),
    )


def _merge_unread(counted: list[UnreadCount]) -> tuple[UnreadCount, ...]:
    counted.sort(key=lambda each: each.name)
    found = []
    for name, group in groupby(counted, key=lambda each: each.name):
        same = list(group)
        places = list(dict.fromkeys(place for each in same for place in each.places))[: unread.MOST_KEPT]
        found.append(UnreadCount(name, sum(each.answers for each in same), places))
    return tuple(found)


def _read(states: bytes) -> tuple[SourceState, ...]:
    """Read a report; empty when another release wrote it in a form that this one does not know."""
    try:
        return msgspec.json.decode(states, type=tuple[SourceState, ...])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ()
