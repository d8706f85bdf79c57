"""Store which states of dossiers a citizen marked as seen, and delete that: by age, or with the citizen."""

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

MOST = 1_000  # marks of one citizen, beyond which the oldest are deleted
KEPT_FOR = timedelta(days=730)
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
    """Remember that the citizen saw what these dossiers say now; the same again changes nothing."""
    citizen_id = occasion.citizen_id
    if not dossiers:
        return
    await citizens.ensure(citizen_id)
    box = await citizens.data_box(citizen_id)
    marks = {await queries.mark_of(citizen_id, rules.state_of(dossier)): dossier for dossier in dossiers[:MOST]}
    sealed = [
        box.seal(
            msgspec.json.encode(Seen(dossier.source, dossier.number, dossier.newest.name, dossier.newest.day)),
            queries.binding(mark),
        )
        for mark, dossier in marks.items()
    ]
    parameters = {"citizen": citizen_id, "now": occasion.now, "marks": list(marks), "sealed": sealed}
    async with pool.as_citizen(citizen_id) as conn:
        if (await conn.execute(MARK, parameters)).rowcount:
            await conn.execute(KEEP_NEWEST, {"citizen": citizen_id, "most": MOST})
            await journalling.note_marks(conn, occasion)


async def forget(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Delete all marks of a citizen and all that was reported to them, in the caller's transaction."""
    await conn.execute(FORGET, (citizen_id,))
    await reported.forget(conn, citizen_id)


async def forget_late(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Do the same after the erasure, but leave what was reported since and waits for its citizen."""
    await conn.execute(FORGET, (citizen_id,))
    await reported.forget_late(conn, citizen_id)


async def expire(before: datetime) -> int:
    """Delete marks older than two years, and reports whose term ended, at the moment `before`; return how many rows.

    For the worker.
    """
    return await pool.sweep(EXPIRE, (before - KEPT_FOR,)) + await reported.expire(before)
