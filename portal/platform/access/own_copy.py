"""What access keeps of a citizen, for their own copy of all that we have."""

from datetime import UTC, datetime, time
from uuid import UUID

import msgspec

from portal.platform.database import pool
from portal.platform.feature.types import Record
from portal.platform.keys import pseudonym

from . import sessions

SESSION, DEVICE = "session", "device"
SESSIONS = """
select id, sealed_about, opened_at, last_seen_at from access_session where citizen_id = %s order by opened_at
"""
DEVICES = "select first_seen_on, last_seen_on from access_device where citizen_id = %s order by first_seen_on, kind"


async def export(citizen_id: UUID) -> list[Record]:
    """List a citizen's sessions, and when each kind of device was first and last used.

    Which kind of device that was is kept as a keyed hash only, so it cannot be given.
    """
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(SESSIONS, (citizen_id,))).fetchall()
        days = await (await conn.execute(DEVICES, (citizen_id,))).fetchall()
    box = await pseudonym.passing_box(citizen_id, sessions.ABOUT)
    records = []
    for key, sealed, opened_at, seen_at in rows:
        about = sessions.about_of(box, bytes(key), bytes(sealed))
        content = {"last_seen_at": seen_at, "about": msgspec.to_builtins(about)}
        records.append(Record(SESSION, msgspec.to_builtins(content), opened_at))
    for first, last in days:
        since = datetime.combine(first, time(), UTC)
        records.append(Record(DEVICE, {"last_seen_on": last.isoformat()}, since))
    return records
