"""The consent to an archive of copies: giving it, reading it, and withdrawing it with every copy.

A row that cannot be decrypted is no consent.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.feature.types import Record
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens
from portal.platform.keys.boxes import Box
from portal.platform.keys.errors import CannotOpen

from .. import journalling
from . import sealing
from .types import ArchiveConsent

# The text that citizens agree to: a file of this name in templates/mailbox/consent. It never changes once somebody
# agreed to it; another text gets another name.
CONSENT = "archive-1"
EXPORTED = "ebox_archive"
YES = b"yes"

# Locks a citizen's archive until the end of the transaction: to begin or end it, and for each part that is written.
ONE_BY_ONE = "select pg_advisory_xact_lock(hashtextextended('mailbox_copy ' || %s::uuid, 0))"
ONE = "select sealed, consent, since from mailbox_archive where citizen_id = %s"
# Until the end of the transaction the worker, which has no such lock, cannot delete it (`retire`).
HOLD = f"{ONE} for share"
KEEP = """
insert into mailbox_archive (citizen_id, sealed, consent, since) values (%s, %s, %s, %s)
on conflict (citizen_id) do update
set sealed = excluded.sealed, consent = excluded.consent, since = excluded.since
"""
RETIRE = """
with archive as (delete from mailbox_archive where citizen_id = any(%(citizens)b) returning citizen_id)
select citizen_id from archive
union select citizen_id from mailbox_copy where citizen_id = any(%(citizens)b) order by 1
"""
DROP = "delete from mailbox_archive where citizen_id = %s"
# Deletes the largest copies with their parts (by cascade), at most 100 copies and MOST bytes at once: a whole archive
# in one statement (200 MB) would exceed its time limit. Run it until it deletes nothing.
DROP_SOME = """
delete from mailbox_copy where citizen_id = %(citizen)s and id in (
    select id from (
        select id, sum(size) over each as bytes, row_number() over each as place
        from mailbox_copy where citizen_id = %(citizen)s window each as (order by size desc, id)
    ) largest where place = 1 or (bytes <= %(most)s and place <= 100)
)
"""
MOST = 32 * 1024 * 1024  # bytes that one statement deletes, unless one copy is larger


async def give(occasion: Occasion) -> None:
    """Store a citizen's consent to the current text (CONSENT); one that can be decrypted stays as it is."""
    citizen_id = occasion.citizen_id
    await citizens.ensure(citizen_id)
    box = await citizens.data_box(citizen_id)
    async with pool.as_citizen(citizen_id) as conn:
        await conn.execute(ONE_BY_ONE, (citizen_id,))
        if await consent_in(conn, citizen_id, box) is None:
            sealed = box.seal(YES, sealing.of_consent(CONSENT, occasion.now))
            await conn.execute(KEEP, (citizen_id, sealed, CONSENT, occasion.now))
            await journalling.note(conn, journalling.BEGIN_ARCHIVE, occasion)


async def withdraw(occasion: Occasion) -> bool:
    """Delete the consent with every copy; tell whether there was any. A copy that is being written then fails."""
    async with pool.as_citizen(occasion.citizen_id) as conn:
        was_there = await forget(conn, occasion.citizen_id)
        if was_there:
            await journalling.note(conn, journalling.END_ARCHIVE, occasion)
    return was_there


async def forget(conn: AsyncConnection[Any], citizen_id: UUID) -> bool:
    """Delete the consent with every copy in the caller's transaction, unjournalled; tell whether there was any."""
    await conn.execute(ONE_BY_ONE, (citizen_id,))
    was_there = bool((await conn.execute(DROP, (citizen_id,))).rowcount)
    while (await conn.execute(DROP_SOME, {"citizen": citizen_id, "most": MOST})).rowcount:
        was_there = True
    return was_there


async def retire(conn: AsyncConnection[Any], citizen_ids: Sequence[UUID]) -> set[UUID]:
    """Delete the archives of these citizens in a transaction of the worker's; return the citizens who had any.

    The transaction is one of `pool.as_citizens` for them.
    """
    rows = await (await conn.execute(RETIRE, {"citizens": list(citizen_ids)})).fetchall()
    for (citizen_id,) in rows:
        # Whoever was beginning a copy held the archive until it was there, and nobody begins one any more.
        while (await conn.execute(DROP_SOME, {"citizen": citizen_id, "most": MOST})).rowcount:
            pass
    return {citizen_id for (citizen_id,) in rows}


async def look(citizen_id: UUID) -> ArchiveConsent | None:
    """Read a citizen's consent; None for none, or one that cannot be decrypted."""
    box = await citizens.data_box_if_any(citizen_id)
    async with pool.as_citizen(citizen_id) as conn:
        return await consent_in(conn, citizen_id, box)


async def consent_in(
    conn: AsyncConnection[Any], citizen_id: UUID, box: Box | None, *, is_held: bool = False
) -> ArchiveConsent | None:
    """Read the consent in the caller's transaction.

    box: of the citizen's data key, None where their keys are gone. is_held: it cannot be deleted before the end.
    """
    row = await (await conn.execute(HOLD if is_held else ONE, (citizen_id,))).fetchone()
    return _open(box, *row) if row else None


async def export(citizen_id: UUID) -> list[Record]:
    """Give the consent, if any, as a record for the own copy; its value is None if it cannot be decrypted."""
    box = await citizens.data_box_if_any(citizen_id)
    async with pool.as_citizen(citizen_id) as conn:
        row = await (await conn.execute(ONE, (citizen_id,))).fetchone()
    if row is None:
        return []
    _sealed, consent, since = row
    return [Record(EXPORTED, "eigen archief" if _open(box, *row) else None, since, consent)]


def _open(box: Box | None, sealed: bytes, consent: str, since: datetime) -> ArchiveConsent | None:
    if box is None:
        return None
    try:
        box.open(sealed, sealing.of_consent(consent, since))
    except CannotOpen:
        return None
    return ArchiveConsent(consent, since)
