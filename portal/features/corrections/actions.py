"""Writes of reports: take one in for a citizen, deliver it for the worker, attach a status for its body."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
from django.conf import settings
from psycopg import AsyncConnection

from portal.platform.access.types import Session
from portal.platform.database import pool
from portal.platform.jobs import queue
from portal.platform.jobs.errors import GivenUp, TryLater
from portal.platform.journal import actions as journal
from portal.platform.journal.types import WORKER, Actor, ActorKind, Journalled, Occasion, Result
from portal.platform.keys import citizens, pseudonym
from portal.platform.keys.errors import CannotOpen, KeyFileBehind, KeysGone
from portal.platform.kit.errors import PortalError
from portal.platform.sources import catalogue, delivery
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.delivery import DeliveryAttempt, DeliveryContent
from portal.platform.sources.sections import Endpoint
from portal.platform.sweeping import clock

from . import journalling, rules
from .types import Errand, PushOutcome, Report, StatusUpdate

DELIVER = "corrections.deliver"

ONE_BY_ONE = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"
SENT_BEFORE = "select reference from corrections_report where citizen_id = %s and form_key = %s"
COUNT_SINCE = "select count(*) from corrections_report where citizen_id = %s and reported_at > %s"
PUT = """
insert into corrections_report (id, citizen_id, form_key, reference, body, dataset, sealed, reported_at, until)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
PUT_ERRAND = "insert into corrections_delivery (report_id, citizen_id, sealed) values (%s, %s, %s)"
# The time is that of the database: by a worker's own clock that is ahead it would be too late for every report.
READ_ERRAND = """
select r.citizen_id, r.dataset, r.until, r.attempts, d.sealed, now()
from corrections_delivery d join corrections_report r on r.id = d.report_id where d.report_id = %s
"""
ATTEMPTED = "update corrections_report set attempts = attempts + 1 where id = %s"
DELIVERED = """
update corrections_report set delivered_at = %s, failed_at = null, failure = null
where id = %s and delivered_at is null
"""
FAILED = "update corrections_report set failed_at = %s, failure = %s where id = %s and delivered_at is null"
DROP_ERRAND = "delete from corrections_delivery where report_id = %s"
OVERDUE = """
select d.report_id from corrections_delivery d join corrections_report r on r.id = d.report_id
where r.until < %(latest)s and (r.attempts > 0 or r.until < %(latest_untried)s)
"""
AS_BODY = "select set_config('app.body', %s, true)"
OF_BODY = "select id, citizen_id, dataset, reported_at from corrections_report where reference = %s and body = %s"
PUT_STATUS = """
insert into corrections_status (report_id, number, citizen_id, mark, sealed, received_at)
values (%s, %s, %s, %s, %s, %s)
"""
MARK_OF = "select mark from corrections_status where report_id = %s and number = %s and citizen_id = %s"
STATUSES_OF = "select count(*) from corrections_status where report_id = %s and citizen_id = %s"
FORGET = "delete from corrections_report where citizen_id = %s"
EXPIRE = """
delete from corrections_report r where r.reported_at < %(before)s
and not exists (select from corrections_status s where s.report_id = r.id and s.received_at >= %(before)s)
"""

# The journal's result of a try: `late` when the body may have the report, `down` when the report never left us.
RESULTS: dict[str, Result] = {"taken": "ready", "refused": "ready", "unconfirmed": "late", "unreached": "down"}

log = logging.getLogger("portal.corrections")


class TooManyReports(PortalError):
    """The citizen made as many reports in a day as they may (`rules.MOST_A_DAY`)."""

    code = "corrections.many"


async def report(session: Session, occasion: Occasion, entry: DatasetEntry, content: Report, form_key: UUID) -> str:
    """Keep a report, queue the job that delivers it, and journal it, in one transaction; return its reference.

    A form that was sent before (the same form_key) with the same content is the same report; with another content it
    is a report of its own. Raise TooManyReports; on any error nothing is kept.
    """
    citizen_id, now = occasion.citizen_id, occasion.now
    await citizens.ensure(citizen_id)
    report_id, reference = uuid4(), rules.new_reference()
    words = msgspec.json.encode(content)
    # The key covers the words too: a form that was changed after it was sent is another report.
    form_key = UUID(bytes=(await pseudonym.mark(citizen_id, b"corrections form", form_key.bytes + words))[:16])
    sealed = (await citizens.data_box(citizen_id)).seal(words, rules.bound_report(report_id))
    errand = Errand(session.identity.insz, content, reference, now)
    worker_box = await citizens.errand_box(citizen_id, rules.ERRAND)
    until = now + timedelta(seconds=settings.CORRECTIONS_RETRY_FOR_SECONDS)
    async with pool.as_citizen(citizen_id) as conn:
        # Without this lock, forms that arrive at once would not see each other, and MOST_A_DAY could be passed.
        await conn.execute(ONE_BY_ONE, (f"corrections {citizen_id}",))
        before = await (await conn.execute(SENT_BEFORE, (citizen_id, form_key))).fetchone()
        if before is not None:
            return str(before[0])
        (count,) = await (await conn.execute(COUNT_SINCE, (citizen_id, now - timedelta(days=1)))).fetchone() or (0,)
        if count >= rules.MOST_A_DAY:
            raise TooManyReports
        await journalling.note_report(conn, entry, occasion)
        row = (report_id, citizen_id, form_key, reference, entry.agency.id, entry.name, sealed, now, until)
        await conn.execute(PUT, row)
        sealed_errand = worker_box.seal(msgspec.json.encode(errand), rules.bound_errand(report_id))
        await conn.execute(PUT_ERRAND, (report_id, citizen_id, sealed_errand))
        await queue.defer(conn, DELIVER, report_id=report_id)
    return reference


async def deliver(report_id: UUID, now: datetime | None = None) -> None:
    """Make one try to deliver a report to its body; do nothing where it is delivered or deleted. For the worker.

    After a crash it is sent once more, under the same key. Raise TryLater, also when it seems to be too late and the
    clock is in doubt; or GivenUp once its page says that delivery failed. now: the clock of the database, for tests.
    """
    async with pool.connection() as conn:
        row = await (await conn.execute(READ_ERRAND, (report_id,))).fetchone()
    if row is None:
        return
    citizen_id, name, until, attempts, sealed, by_database = row
    moment = now or by_database
    entry = catalogue.installed().entry(name)
    to = rules.endpoint_of(entry) if entry else None
    if moment >= rules.last_try(until, attempts):
        # By now its page says that it was not delivered (`rules.progress_of`): that has to stay true.
        await clock.verify_now()
        await _end(report_id, "unreachable" if to else "no_form", moment)
        raise GivenUp("too late to try" if to else "there is no form for it any more")
    if entry is None or to is None:
        # This worker may lack a body that the portal knows: its manifests can be older, or stand in another folder.
        raise TryLater("this worker knows no form for it")
    try:
        attempt = await _hand_over(report_id, entry, to, citizen_id, bytes(sealed), now)
    except KeysGone:
        # Of a citizen who is being erased the report goes as well, so this is read only where keys were lost.
        log.warning("%s not delivered: its citizen has no keys", report_id)
        await _end(report_id, "unreadable", moment)
        return
    except KeyFileBehind as error:
        # Nothing was sent, so this does not count as a try.
        raise TryLater(f"keys: {error.detail}") from None
    except CannotOpen:
        await _end(report_id, "unreadable", moment)
        raise GivenUp("it does not open") from None
    if attempt.end == "taken":
        await _end(report_id, None, moment)
        log.info("%s delivered to %s (%s)", report_id, to.source, attempt.detail)
    elif attempt.end == "refused":
        await _end(report_id, "refused", moment)
        raise GivenUp(attempt.detail)
    elif attempt.end == "not_tried":
        # A fault of ours, or announced maintenance, does not count as a try: it says nothing about the body.
        raise TryLater(attempt.detail)
    else:
        # A try that begins later is not counted: one alone would end the day that a report has which waited for us.
        if moment < until:
            await _count_try(report_id)
        raise TryLater(attempt.detail)


async def give_up_overdue(now: datetime) -> int:
    """Mark reports as failed that no job delivered in time; return how many. For the worker.

    A report that was never tried (no worker ran, or the gate of its body was closed) has a day more.
    """
    latest = now - rules.GRACE
    limits = {"latest": latest, "latest_untried": latest - rules.UNTRIED}
    async with pool.connection() as conn:
        rows = await (await conn.execute(OVERDUE, limits)).fetchall()
    for (report_id,) in rows:
        await _end(report_id, "unreachable", now)
    return len(rows)


async def receive_status(
    body: str, reference: str, status: StatusUpdate, *, correlation_id: str, now: datetime
) -> PushOutcome:
    """Attach a status to a report of the body that sends it; return what was done with it.

    A report of another body is as unknown as one that does not exist. A number that was sent before is KNOWN with
    the same words, and CONTRADICTS with others. A status with an impossible time, or beyond MOST_STATUSES, is not
    taken.
    """
    async with pool.transaction() as conn:
        await conn.execute(AS_BODY, (body,))
        row = await (await conn.execute(OF_BODY, (reference, body))).fetchone()
    if row is None:
        return PushOutcome.UNKNOWN_REPORT
    report_id, citizen_id, name, reported_at = row
    if not rules.is_in_time(status.at, reported_at, now):
        return PushOutcome.OUT_OF_TIME
    try:
        # A citizen whose keys were lost gets others: what comes from now on can be read again.
        await citizens.ensure(citizen_id)
        letterbox = await citizens.letterbox(citizen_id)
    except KeysGone:
        return PushOutcome.UNKNOWN_REPORT
    words = msgspec.json.encode(status)
    mark = await pseudonym.mark(citizen_id, b"corrections status", report_id.bytes + words)
    sealed = letterbox.seal(words, rules.bound_status(report_id, status.number))
    try:
        async with pool.as_citizen(citizen_id) as conn:
            # Without this lock, statuses that arrive at once would not see each other.
            await conn.execute(ONE_BY_ONE, (f"corrections status {report_id}",))
            known = await (await conn.execute(MARK_OF, (report_id, status.number, citizen_id))).fetchone()
            if known is not None:
                return PushOutcome.KNOWN if bytes(known[0]) == mark else PushOutcome.CONTRADICTS
            (count,) = await (await conn.execute(STATUSES_OF, (report_id, citizen_id))).fetchone() or (0,)
            if count >= rules.MOST_STATUSES:
                return PushOutcome.TOO_MANY
            await conn.execute(PUT_STATUS, (report_id, status.number, citizen_id, mark, sealed, now))
            if entry := catalogue.installed().entry(name):
                # A dataset that was removed can have no entry in the journal; the status is kept all the same.
                by_body = Occasion(citizen_id, now, correlation_id, Actor(ActorKind.BODY, body))
                await journalling.note_status(conn, entry, by_body)
            return PushOutcome.NEW
    except psycopg.errors.ForeignKeyViolation:
        return PushOutcome.UNKNOWN_REPORT  # the report was erased meanwhile


async def forget(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Delete a citizen's reports, delivered or not, in the caller's transaction."""
    await conn.execute(FORGET, (citizen_id,))


async def expire(before: datetime) -> int:
    """Delete reports that were made, and had their last status, before a moment (UTC); return how many."""
    return await pool.sweep(EXPIRE, {"before": before})


async def _hand_over(
    report_id: UUID, entry: DatasetEntry, to: Endpoint, citizen_id: UUID, sealed: bytes, now: datetime | None
) -> DeliveryAttempt:
    """Deliver an errand to the body; it is journalled and opened only once it can be sent.

    Raise KeysGone, KeyFileBehind or CannotOpen.
    """
    box = await citizens.errand_box(citizen_id, rules.ERRAND)
    journalled: Journalled | None = None
    result: Result = "down"

    async def open_content() -> DeliveryContent:
        nonlocal journalled, result
        occasion = Occasion(citizen_id, now or datetime.now(UTC), str(report_id), WORKER)
        journalled = await journalling.note_opening(entry, occasion)
        errand = msgspec.json.decode(box.open(sealed, rules.bound_errand(report_id)), type=Errand)
        content = DeliveryContent(msgspec.json.encode(rules.message_of(errand, entry.name)), errand.reference)
        # If this is interrupted from here on, nobody knows whether the body has it.
        result = "late"
        return content

    try:
        attempt = await delivery.deliver(entry.agency, to, open_content, key=report_id)
        result = RESULTS.get(attempt.end, result)
    finally:
        if journalled is not None:
            await journal.record_result(journalled, result, now=now or datetime.now(UTC))
    return attempt


async def _end(report_id: UUID, failure: str | None, now: datetime) -> None:
    """Record how a delivery ended (failure: None when it was taken), and delete the errand, in one transaction."""
    async with pool.transaction() as conn:
        if failure is None:
            await conn.execute(DELIVERED, (now, report_id))
        else:
            await conn.execute(FAILED, (now, failure, report_id))
        await conn.execute(DROP_ERRAND, (report_id,))


async def _count_try(report_id: UUID) -> None:
    async with pool.connection() as conn:
        await conn.execute(ATTEMPTED, (report_id,))
