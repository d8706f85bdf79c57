"""What a citizen marks of their dossiers, and how it is forgotten."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens

from . import journalling, queries, rules
from .reported import actions as reported
from .types import Dossier, Seen

MOST = 1_000  # marks of one citizen, beyond which the oldest are forgotten
HOLDS = timedelta(days=730)
MARK = """
insert into dossiers_seen (citizen_id, mark, sealed, since)
select %(citizen)s, mark, sealed, %(now)s from unnest(%(marks)s::bytea[], %(sealed)s::bytea[]) given(mark, sealed)
on conflict do nothing
"""
KEEP_NEWEST = """
delete from dossiers_seen where citizen_id = %(citizen)s and mark in (
    select mark from dossiers_seen where citizen_id = %(citizen)s order by since desc, mark offset %(most)s
)
"""
FORGET = "delete from dossiers_seen where citizen_id = %s"
EXPIRE = "delete from dossiers_seen where since < %s"


async def mark_seen(occasion: Occasion, dossiers: Sequence[Dossier]) -> None:
    """Remember that the citizen saw what these dossiers say now; twice is once."""
    citizen_id = occasion.citizen_id
    if not dossiers:
        return
    await citizens.ensure(citizen_id)
    box = await citizens.data_box(citizen_id)
    marks = {await queries.mark_of(citizen_id, rules.state_of(one)): one for one in dossiers[:MOST]}
    sealed = [
        box.seal(
            msgspec.json.encode(Seen(one.source, one.number, one.newest.name, one.newest.day)), queries.binding(mark)
        )
        for mark, one in marks.items()
    ]
    given = {"citizen": citizen_id, "now": occasion.now, "marks": list(marks), "sealed": sealed}
    async with pool.as_citizen(citizen_id) as conn:
        if (await conn.execute(MARK, given)).rowcount:
            await conn.execute(KEEP_NEWEST, {"citizen": citizen_id, "most": MOST})
            await journalling.note_marks(conn, occasion)


async def forget(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Take away all marks of a citizen and all that was reported to them, in the caller's transaction."""
    await conn.execute(FORGET, (citizen_id,))
    await reported.forget(conn, citizen_id)


async def forget_late(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Do the same once all was erased, and leave what was reported since and waits for its citizen."""
    await conn.execute(FORGET, (citizen_id,))
    await reported.forget_late(conn, citizen_id)


async def expire(before: datetime) -> int:
    """Take away marks of two years before then, and reports that ended; returns how many. For the worker."""
    return await pool.sweep(EXPIRE, (before - HOLDS,)) + await reported.expire(before)
