"""Go on sealing after a break in the chain that somebody explains: a database put back from a back-up, or made anew.

An entry of the journal states who explains it, why, and from which head to which; it is sealed in the very link that
notes the break. Nobody can make such a link without the worker's key. For `manage.py journal accept`.
"""

import os
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import msgspec
from psycopg import AsyncConnection

from portal.platform.keys.service import KeyService

from . import actions, sealing, standing
from .canonical import ENTRY
from .errors import HeadFileRefused, NotAccepted, SealingStopped
from .findings import Head
from .head_file import HeadFile, HeadRecord
from .standing import Standing, catalog_only
from .types import Activity, Actor, ActorKind, Operation

OPERATION = "accept the journal"  # the row policy of the table names it
LONGEST = 500  # characters of an explanation
# S608: the statement consists of our own constants.
WRITTEN = f"select {ENTRY} from public.journal_entry where trace_id = %s and operation_id = %s order by id"  # noqa: S608 - of constants


class Explanation(msgspec.Struct, frozen=True):
    """Who explains a break, and why, in at most LONGEST characters each.

    head: where the chain ends, as whoever explains it has seen. who: a job title, never the name of a person.
    is_made_anew: the databases hold nothing yet.
    """

    head: Head
    who: str
    why: str
    is_made_anew: bool = False


async def accept(
    conn: AsyncConnection[Any],
    anchors: AsyncConnection[Any],
    keys: KeyService,
    head_file: HeadFile,
    explanation: Explanation,
) -> Head:
    """Accept the chain as it ends now; returns its new head, which the file keeps from now on.

    conn, anchors: the main and the key database as the worker, in autocommit. Raises NotAccepted when there is
    nothing to explain, or the chain does not end at the head of the explanation.
    """
    head, who, why = explanation.head, explanation.who.strip(), explanation.why.strip()
    if not (0 < len(who) <= LONGEST and 0 < len(why) <= LONGEST):
        raise NotAccepted(f"say who and why, in at most {LONGEST} characters each")
    kept, is_damaged = _read_kept(head_file)
    async with catalog_only(conn):
        known = await standing.read(conn, anchors, keys)
        if known is None:
            raise NotAccepted("somebody is sealing: try again")
        if known.head != head:
            raise NotAccepted(f"the chain ends at {known.head}, not at {head}")
        if explanation.is_made_anew and (known.head.number or known.anchored.number):
            raise NotAccepted("this database was not made anew: it has a chain, or anchors of one")
        if not is_damaged and await _fits(known, kept, conn, anchors, keys):
            raise NotAccepted("there is nothing to accept: the chain is the one that was anchored and kept")
        lost = await standing.lost_head(known, kept, conn, anchors, keys)
        before = lost or (kept.head if kept else known.head)
        rows = await _write(conn, before, known.head, who, why)
        new = await sealing.link(conn, keys, known, rows, lost, known.clock)
    head_file.replace(known.installation, new)
    await sealing.anchor(conn, anchors, known.anchored.number)
    return new


async def _fits(
    known: Standing,
    kept: HeadRecord | None,
    conn: AsyncConnection[Any],
    anchors: AsyncConnection[Any],
    keys: KeyService,
) -> bool:
    """Tell whether the worker would seal without an explanation. Whatever stops it can be explained."""
    try:
        await standing.compare(known, kept, conn, anchors, keys)
    except SealingStopped:
        return False
    return True


def _read_kept(head_file: HeadFile) -> tuple[HeadRecord | None, bool]:
    """Read the file with the head; True: it cannot be used, and will be written anew."""
    try:
        return head_file.read(), False
    except HeadFileRefused:
        return None, True


async def _write(conn: AsyncConnection[Any], before: Head, now: Head, who: str, why: str) -> list[tuple[Any, ...]]:
    """Write the explanation down as an entry; returns both its rows, as canonical.ENTRY."""
    activity = Activity(
        body="portal",
        body_name="Mijn Burgerprofiel",
        dataset="journal",
        title=f"{before} -> {now}",
        purpose=why,
        legal_basis="",
        services=(),
        retention="",
    )
    # The entry has no data subject.
    operation = Operation(
        trace_id=uuid4().bytes,
        operation_id=os.urandom(8),
        name=OPERATION,
        actor=Actor(ActorKind.EMPLOYEE, who),
        citizen_id=None,
        started_at=datetime.now(UTC),
        activities=(activity,),
    )
    await actions.record_done(conn, operation)
    cursor = await conn.execute(WRITTEN, (operation.trace_id, operation.operation_id), binary=True)
    return await cursor.fetchall()
