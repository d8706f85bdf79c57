"""The yes to an archive of copies: given to a text, withdrawn with all in it. One that does not open is none."""

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

# The text that people agree to: a file in templates/mailbox/consent. A text to which somebody agreed never changes.
CONSENT = "archive-1"
EXPORTED = "ebox_archive"
YES = b"yes"

# Whoever writes a copy, and whoever ends the archive, waits for the other.
ONE_BY_ONE = "select pg_advisory_xact_lock(hashtextextended('mailbox_copy ' || %s::uuid, 0))"
ONE = "select sealed, consent, since from mailbox_archive where citizen_id = %s"
KEEP = """
insert into mailbox_archive (citizen_id, sealed, consent, since) values (%s, %s, %s, %s)
on conflict (citizen_id) do update
set sealed = excluded.sealed, consent = excluded.consent, since = excluded.since
"""
RETIRE = "delete from mailbox_archive where citizen_id = any(%s) returning citizen_id"
KEEPERS = "select distinct citizen_id from mailbox_copy where citizen_id = any(%s) order by citizen_id"
DROP = "delete from mailbox_archive where citizen_id = %s"
# Their parts go with them: 200 MB in one statement would be cut off by the clock of a page.
DROP_SOME = """
delete from mailbox_copy where citizen_id = %(citizen)s and id in (
    select id from (
        select id, sum(size) over each as bytes, row_number() over each as place
        from mailbox_copy where citizen_id = %(citizen)s window each as (order by size desc, id)
    ) largest where place = 1 or (bytes <= %(most)s and place <= 100)
)
"""
MOST = 32 * 1024 * 1024  # bytes that one statement takes away, unless one copy is larger


async def give(occasion: Occasion) -> None:
    """Keep that a citizen said yes to the text of now; a yes that stands already stays as it is."""
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
    """Take the yes away with every copy; tells whether there was any. What is being written finds it gone."""
    async with pool.as_citizen(occasion.citizen_id) as conn:
        was_there = await forget(conn, occasion.citizen_id)
        if was_there:
            await journalling.note(conn, journalling.END_ARCHIVE, occasion)
    return was_there


async def forget(conn: AsyncConnection[Any], citizen_id: UUID) -> bool:
    """Do the same in the caller's transaction, without a word in the journal."""
    await conn.execute(ONE_BY_ONE, (citizen_id,))
    was_there = bool((await conn.execute(DROP, (citizen_id,))).rowcount)
    while (await conn.execute(DROP_SOME, {"citizen": citizen_id, "most": MOST})).rowcount:
        was_there = True
    return was_there


async def retire(conn: AsyncConnection[Any], citizen_ids: Sequence[UUID]) -> set[UUID]:
    """Do the same of these citizens, in the worker's transaction, which names them; returns who had an archive."""
    values = (list(citizen_ids),)
    gone = {row[0] for row in await (await conn.execute(RETIRE, values)).fetchall()}
    keepers = [row[0] for row in await (await conn.execute(KEEPERS, values)).fetchall()]
    for citizen_id in keepers:
        while (await conn.execute(DROP_SOME, {"citizen": citizen_id, "most": MOST})).rowcount:
            gone.add(citizen_id)
    return gone


async def look(citizen_id: UUID) -> ArchiveConsent | None:
    """Read the yes; None for none, or one that does not open."""
    box = await citizens.data_box_if_any(citizen_id)
    async with pool.as_citizen(citizen_id) as conn:
        return await consent_in(conn, citizen_id, box)


async def consent_in(conn: AsyncConnection[Any], citizen_id: UUID, box: Box | None) -> ArchiveConsent | None:
    """Read it in the caller's transaction. box: of the citizen's data, None where their keys are gone."""
    row = await (await conn.execute(ONE, (citizen_id,))).fetchone()
    return _open(box, *row) if row else None


async def export(citizen_id: UUID) -> list[Record]:
    """Give a citizen the text to which they said yes, and when."""
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
