"""Read reports for the citizen who made them."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.feature.types import Record
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens
from portal.platform.keys.boxes import Box, LetterboxKey
from portal.platform.keys.errors import CannotOpen, KeysGone

from . import journalling, rules
from .types import Followed, Report, StatusUpdate

REPORTS = """
select id, reference, dataset, sealed, reported_at, until, attempts, delivered_at, failed_at, failure
from corrections_report where citizen_id = %(citizen)s and (%(reference)s::text is null or reference = %(reference)s)
order by reported_at desc, reference
"""
STATUSES = """
select report_id, number, sealed from corrections_status
where citizen_id = %(citizen)s and report_id = any(%(reports)s) order by report_id, number
"""


async def look_at_reports(occasion: Occasion, reference: str | None = None) -> list[Followed]:
    """Read the same as `reports_of`, to be shown to the citizen; the journal says so when there are any."""
    async with pool.as_citizen(occasion.citizen_id) as conn:
        found = await _reports(conn, occasion.citizen_id, occasion.now, reference)
        if found:
            is_readable = any(one.report or one.statuses for one in found)
            await journalling.note_look(conn, occasion, is_readable=is_readable)
    return found


async def reports_of(citizen_id: UUID, *, now: datetime, reference: str | None = None) -> list[Followed]:
    """List a citizen's reports, the newest first; or the one with this reference, if it is theirs.

    The caller journals what they are used for.
    """
    async with pool.as_citizen(citizen_id) as conn:
        return await _reports(conn, citizen_id, now, reference)


async def _reports(
    conn: AsyncConnection[Any], citizen_id: UUID, now: datetime, reference: str | None
) -> list[Followed]:
    rows = await (await conn.execute(REPORTS, {"citizen": citizen_id, "reference": reference})).fetchall()
    if not rows:
        return []
    wanted = {"citizen": citizen_id, "reports": [row[0] for row in rows]}
    said = await (await conn.execute(STATUSES, wanted)).fetchall()
    try:
        box, letterbox = await citizens.data_box(citizen_id), await citizens.letterbox_key(citizen_id)
    except KeysGone:
        return []
    statuses: dict[UUID, list[StatusUpdate]] = {}
    for report_id, number, sealed in said:
        status = _status(letterbox, report_id, number, bytes(sealed))
        if status is not None:
            statuses.setdefault(report_id, []).append(status)
    return [_follow(box, row, statuses, now) for row in rows]


async def export(citizen_id: UUID) -> list[Record]:
    """Give all that is kept of a citizen's reports, as JSON can hold it."""
    found = await reports_of(citizen_id, now=datetime.now(UTC))
    return [Record("report", msgspec.to_builtins(one), one.reported_at) for one in found]


def _follow(box: Box, row: tuple[Any, ...], statuses: Mapping[UUID, list[StatusUpdate]], now: datetime) -> Followed:
    report_id, reference, dataset, sealed, reported_at, until, attempts, delivered_at, failed_at, failure = row
    way, way_at = rules.way_of(delivered_at, failed_at, failure, until, attempts, now)
    report = None
    # Even a report that cannot be opened is listed, with how it ended.
    with suppress(CannotOpen, msgspec.DecodeError):
        report = msgspec.json.decode(box.open(bytes(sealed), rules.bound_report(report_id)), type=Report)
    said = tuple(statuses.get(report_id, ()))
    why = rules.failure_of(way, failure, attempts)
    return Followed(reference, dataset, reported_at, way, way_at or reported_at, report, said, why)


def _status(letterbox: LetterboxKey, report_id: UUID, number: int, sealed: bytes) -> StatusUpdate | None:
    try:
        return msgspec.json.decode(letterbox.open(sealed, rules.bound_status(report_id, number)), type=StatusUpdate)
    except (CannotOpen, msgspec.DecodeError):
        return None
