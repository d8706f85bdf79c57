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
from .types import FollowedReport, Report, StatusUpdate

REPORTS = """
select id, reference, dataset, sealed, reported_at, until, attempts, delivered_at, failed_at, failure
from corrections_report where citizen_id = %(citizen)s and (%(reference)s::text is null or reference = %(reference)s)
order by reported_at desc, reference
"""
STATUSES = """
select report_id, number, sealed from corrections_status
where citizen_id = %(citizen)s and report_id = any(%(reports)s) order by report_id, number
"""


async def look_at_reports(occasion: Occasion, reference: str | None = None) -> list[FollowedReport]:
    """Read the same as `reports_of`, to show it to the citizen, and journal that look if there is any report."""
    async with pool.as_citizen(occasion.citizen_id) as conn:
        reports = await _reports(conn, occasion.citizen_id, occasion.now, reference)
        if reports:
            is_readable = any(followed.report or followed.statuses for followed in reports)
            await journalling.note_look(conn, occasion, is_readable=is_readable)
    return reports


async def reports_of(citizen_id: UUID, *, now: datetime, reference: str | None = None) -> list[FollowedReport]:
    """List a citizen's reports, the newest first; with a reference, the one that has it if it is theirs.

    None are listed whose citizen has no keys any more. The caller journals what they are used for.
    """
    async with pool.as_citizen(citizen_id) as conn:
        return await _reports(conn, citizen_id, now, reference)


async def _reports(
    conn: AsyncConnection[Any], citizen_id: UUID, now: datetime, reference: str | None
) -> list[FollowedReport]:
    rows = await (await conn.execute(REPORTS, {"citizen": citizen_id, "reference": reference})).fetchall()
    if not rows:
        return []
    values = {"citizen": citizen_id, "reports": [row[0] for row in rows]}
    status_rows = await (await conn.execute(STATUSES, values)).fetchall()
    try:
        box, letterbox = await citizens.data_box(citizen_id), await citizens.letterbox_key(citizen_id)
    except KeysGone:
        return []
    statuses: dict[UUID, list[StatusUpdate]] = {}
    for report_id, number, sealed in status_rows:
        status = _status(letterbox, report_id, number, bytes(sealed))
        if status is not None:
            statuses.setdefault(report_id, []).append(status)
    return [_follow(box, row, statuses, now) for row in rows]


async def export(citizen_id: UUID) -> list[Record]:
    """Give all that is kept of a citizen's reports, as JSON can hold it."""
    reports = await reports_of(citizen_id, now=datetime.now(UTC))
    return [Record("report", msgspec.to_builtins(followed), followed.reported_at) for followed in reports]


def _follow(
    box: Box, row: tuple[Any, ...], statuses: Mapping[UUID, list[StatusUpdate]], now: datetime
) -> FollowedReport:
    report_id, reference, dataset, sealed, reported_at, until, attempts, delivered_at, failed_at, failure = row
    way, way_at = rules.progress_of(delivered_at, failed_at, failure, until, attempts, now)
    report = None
    # A report that cannot be opened is listed too, with its progress.
    with suppress(CannotOpen, msgspec.DecodeError):
        report = msgspec.json.decode(box.open(bytes(sealed), rules.bound_report(report_id)), type=Report)
    of_report = tuple(statuses.get(report_id, ()))
    why = rules.failure_of(way, failure, attempts)
    return FollowedReport(reference, dataset, reported_at, way, way_at or reported_at, report, of_report, why)


def _status(letterbox: LetterboxKey, report_id: UUID, number: int, sealed: bytes) -> StatusUpdate | None:
    """Open a status; None when it cannot be opened any more."""
    try:
        return msgspec.json.decode(letterbox.open(sealed, rules.bound_status(report_id, number)), type=StatusUpdate)
    except (CannotOpen, msgspec.DecodeError):
        return None
