"""Read reports for the citizen who made them."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from portal.platform.database import pool
from portal.platform.feature.types import Record
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens
from portal.platform.keys.boxes import OpeningKey, content_of
from portal.platform.keys.errors import KeysGone

from . import journalling, rules
from .types import FollowedReport, Report, StatusUpdate

STRETCH = 50  # values that are opened before the event loop may do other work

REPORTS = """
select id, reference, dataset, sealed, reported_at, until, attempts, delivered_at, failed_at, failure
from corrections_report r where citizen_id = %(citizen)s
    and (%(reference)s::text is null or reference = %(reference)s)
    and (%(since)s::timestamptz is null or delivered_at is null or exists (
        select from corrections_status s where s.report_id = r.id and s.received_at >= %(since)s))
order by reported_at desc, reference
"""
STATUSES = """
select report_id, number, sealed, received_at from corrections_status
where citizen_id = %(citizen)s and report_id = any(%(reports)s) order by report_id, number
"""

type Row = tuple[Any, ...]
type ReceivedStatus = tuple[int, StatusUpdate | None, datetime]  # its number, itself where it opens, when it came

_report = msgspec.json.Decoder(Report)
_status = msgspec.json.Decoder(StatusUpdate)


async def look_at_reports(
    occasion: Occasion, reference: str | None = None, *, news_since: datetime | None = None
) -> list[FollowedReport]:
    """Read the same as `reports_of`, to show it to the citizen, and journal that look if there is any report."""
    reports = await reports_of(occasion.citizen_id, now=occasion.now, reference=reference, news_since=news_since)
    if reports:
        is_readable = any(followed.report or followed.statuses for followed in reports)
        async with pool.as_citizen(occasion.citizen_id) as conn:
            await journalling.note_look(conn, occasion, is_readable=is_readable)
    return reports


async def reports_of(
    citizen_id: UUID, *, now: datetime, reference: str | None = None, news_since: datetime | None = None
) -> list[FollowedReport]:
    """List a citizen's reports, the newest first; with a reference, the one that has it if it is theirs.

    news_since: only those that got a status since then, or whose body is not known to have them.
    Those of a citizen whose keys are gone are listed too, with what is not sealed. The caller journals what they are
    used for.
    """
    rows, statuses = await _rows(citizen_id, reference, news_since)
    if not rows:
        return []
    box: OpeningKey | None = None
    letterbox: OpeningKey | None = None
    with suppress(KeysGone):
        box, letterbox = await citizens.data_box(citizen_id), await citizens.letterbox_key(citizen_id)
    return await _open(rows, statuses, box, letterbox, now)


async def export(citizen_id: UUID) -> list[Record]:
    """Give all that is kept of a citizen's reports, as JSON can hold it; without their keys, what is not sealed."""
    reports = await reports_of(citizen_id, now=datetime.now(UTC))
    return [Record("report", msgspec.to_builtins(followed), followed.reported_at) for followed in reports]


async def _rows(
    citizen_id: UUID, reference: str | None = None, news_since: datetime | None = None
) -> tuple[list[Row], list[Row]]:
    """Read the rows of reports and of their statuses; `news_since` as in `reports_of`."""
    values: dict[str, object] = {"citizen": citizen_id, "reference": reference, "since": news_since}
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(REPORTS, values)).fetchall()
        if not rows:
            return [], []
        values["reports"] = [row[0] for row in rows]
        return rows, await (await conn.execute(STATUSES, values)).fetchall()


async def _open(
    rows: Iterable[Row],
    statuses: Iterable[Row],
    box: OpeningKey | None,
    letterbox: OpeningKey | None,
    now: datetime,
) -> list[FollowedReport]:
    """Open reports and their statuses; between stretches of them the event loop does other work.

    A report that cannot be opened is listed too, with its progress, and so is the number of such a status.
    """
    of_report: dict[UUID, list[ReceivedStatus]] = {}
    for count, (report_id, number, sealed, received_at) in enumerate(statuses, 1):
        status = content_of(letterbox, bytes(sealed), rules.bound_status(report_id, number), _status.decode)
        of_report.setdefault(report_id, []).append((number, status, received_at))
        if not count % STRETCH:
            await asyncio.sleep(0)
    reports = []
    for count, row in enumerate(rows, 1):
        report = content_of(box, bytes(row[3]), rules.bound_report(row[0]), _report.decode)
        reports.append(_follow(row, report, of_report.get(row[0], []), now))
        if not count % STRETCH:
            await asyncio.sleep(0)
    return reports


def _follow(row: Row, report: Report | None, received: Sequence[ReceivedStatus], now: datetime) -> FollowedReport:
    _id, reference, dataset, _sealed, reported_at, until, attempts, delivered_at, failed_at, failure = row
    way, way_at = rules.progress_of(delivered_at, failed_at, failure, until, attempts, now)
    why = rules.failure_of(way, failure, attempts)
    statuses = tuple(status for _number, status, _at in received if status is not None)
    unreadable = tuple(number for number, status, _at in received if status is None)
    received_at = received[-1][2] if received else None
    return FollowedReport(
        reference, dataset, reported_at, way, way_at or reported_at, report, statuses, why, received_at, unreadable
    )
