"""Forward requests to whoever decides on them: a body by its manifest, or our own desk. For the worker.

A body is tried for a week. After that, or as soon as it is certain that it will not get the request, our desk gets it
and forwards it by hand. When the mailbox of the desk refuses the mail, the contact centre gets it.
"""

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from email.utils import parseaddr
from typing import NamedTuple
from uuid import UUID

import msgspec
from django.conf import settings

from portal.platform.database import pool
from portal.platform.jobs.errors import GivenUp, TryLater
from portal.platform.journal import actions as journal
from portal.platform.journal.types import Journalled, Result
from portal.platform.keys import citizens
from portal.platform.keys.errors import CannotOpen, KeyFileBehind, KeysGone
from portal.platform.language.dates import day_here
from portal.platform.mail import smtp
from portal.platform.mail.errors import MailNotAllowed
from portal.platform.sources import catalogue, delivery
from portal.platform.sources.catalogue import Agency
from portal.platform.sources.delivery import DeliveryContent

from . import composing, journalling, queries, rules, section, terms
from .section import RightsDesk
from .types import AskErrand, DataRight, ForwardFailure, RequestRecipient, RequestState

READ = f"""
select r.citizen_id, e.sealed, r.reference, r.gdpr_right, r.body, {queries.STATE}
from privacy_request_errand e join privacy_request r on r.id = e.request_id where e.request_id = %s
"""  # noqa: S608 - of constants
ATTEMPTED = "update privacy_request set attempts = attempts + 1 where id = %s"
DELIVERED = "update privacy_request set delivered_at = %s, delivered_to = %s where id = %s and delivered_at is null"
FAILED = "update privacy_request set failed_at = %s, failure = %s where id = %s and failed_at is null"
# The body had failed already where it is our desk for whom the request does not open.
LOST = "update privacy_request set failed_at = %s, failure = %s where id = %s and delivered_at is null"
DROP = "delete from privacy_request_errand where request_id = %s"
# A mail that was delivered can come back for some days. An errand that nobody took goes with its request (`expire`).
DROP_CERTAIN = """
delete from privacy_request_errand e using privacy_request r
where r.id = e.request_id and (r.delivered_at < %s or r.closed_at is not null)
"""
# A warned_at that is still to come was written by a clock that was ahead, and does not count.
TO_WARN = """
select id, reference, body, coalesce(extended_on, due_on) from privacy_request
where closed_at is null and (warned_at is null or warned_at > %s) and coalesce(extended_on, due_on) <= %s
order by due_on, id
"""
WARNED = "update privacy_request set warned_at = %s where id = %s"

# Our own mailboxes, in the order in which they get a request that is for us or that a body did not get.
OWN_MAILBOXES = (RequestRecipient.DESK, RequestRecipient.CENTRE)
# The journal's result for each end of a delivery (`sources.delivery`): `ready` when the body read the request, `down`
# when it never left us.
RESULTS: Mapping[str, Result] = {"taken": "ready", "refused": "ready", "unreached": "down"}

log = logging.getLogger("portal.rights")


class WaitingRequest(NamedTuple):
    """A request that is still to be forwarded, as the tables have it. headline: its reference, right and state."""

    id: UUID
    citizen_id: UUID
    sealed: bytes
    headline: tuple[str, DataRight, RequestState]
    body: str

    @property
    def state(self) -> RequestState:
        """Give its state."""
        return self.headline[2]


async def forward(request_id: UUID, now: datetime | None = None, *, centre_first: bool = False) -> None:
    """Make one try to forward a request; do nothing where it is delivered or deleted.

    centre_first: the mailbox of our desk gave it back, so the contact centre comes first. After a crash it is sent
    once more, with the same Message-ID or key. Raise TryLater.
    """
    moment = now or datetime.now(UTC)
    waiting = await _read(request_id)
    if waiting is None or waiting.state.delivered_at is not None:
        return
    if waiting.state.closed_at is not None:
        # Its page says that it was closed before anybody got it: that has to stay true.
        await _drop(request_id)
        return
    try:
        if waiting.state.failed_at is None and not rules.is_ours(waiting.body):
            failure = await _to_body(waiting, moment)
            if failure is None:
                return
            await _note_failure(request_id, failure, moment)
            log.warning("request %s: its body does not get it (%s); our desk will", request_id, failure.value)
            waiting = await _read(request_id)
        # While the body was tried it may have been closed, or its citizen erased.
        if waiting is not None and waiting.state.closed_at is not None:
            await _drop(request_id)
        elif waiting is not None:
            await _to_desk(waiting, moment, OWN_MAILBOXES[::-1] if centre_first else OWN_MAILBOXES)
    except KeyFileBehind as error:
        raise TryLater(f"keys: {error.detail}") from None
    except (CannotOpen, KeysGone) as error:
        await _note_lost(request_id, error, moment)


async def warn(now: datetime) -> int:
    """Warn our desk, once for each term, of open requests whose term ends within a week; return how many."""
    async with pool.connection() as conn:
        rows = await (await conn.execute(TO_WARN, (now, day_here(now) + terms.WARNING))).fetchall()
    for request_id, reference, body, due_on in rows:
        await _warn_of(request_id, (reference, _name_of(body), due_on), now)
        async with pool.connection() as conn:
            await conn.execute(WARNED, (now, request_id))
    return len(rows)


async def _warn_of(request_id: UUID, headline: tuple[str, str, date], now: datetime) -> None:
    """Mail the desk, or the contact centre where the desk's mailbox refuses it. Raise TryLater or GivenUp."""
    sender = parseaddr(settings.MAIL_FROM)[1]
    try:
        await smtp.deliver(
            composing.warning(request_id, headline, settings.DPO_EMAIL, now), sender, settings.DPO_EMAIL
        )
    except (GivenUp, MailNotAllowed):
        log.error("the mailbox of the desk refuses the warning of request %s", request_id)
        mail = composing.warning(request_id, headline, settings.CONTACT_EMAIL, now)
        await smtp.deliver(mail, sender, settings.CONTACT_EMAIL)


async def drop_certain(now: datetime) -> None:
    """Delete the errands of requests that are closed, or delivered so long ago that no mail comes back any more."""
    await pool.sweep(DROP_CERTAIN, (now - rules.MAY_BOUNCE,))


async def _to_body(waiting: WaitingRequest, now: datetime) -> ForwardFailure | None:
    """Try the body once; give None when it has the request, else why it does not get it.

    Raise TryLater for a failure that may pass, for TRIED_FOR at most, and what `_open` raises.
    """
    agency = catalogue.installed().agency(waiting.body)
    desk = section.of(agency) if agency else None
    if agency is None or desk is None:
        return ForwardFailure.NO_ADDRESS
    try:
        is_taken = await (
            _by_mail(waiting, (RequestRecipient.BODY, desk.email), now)
            if desk.email
            else _by_json(waiting, agency, desk, now)
        )
    except TryLater:
        await _count_try(waiting.id)
        if now >= waiting.state.received_at + rules.TRIED_FOR:
            return ForwardFailure.UNREACHABLE
        raise
    if not is_taken:
        return ForwardFailure.REFUSED
    await _note_delivery(waiting.id, RequestRecipient.BODY, now, is_certain=not desk.email)
    return None


async def _to_desk(waiting: WaitingRequest, now: datetime, recipients: Sequence[RequestRecipient]) -> None:
    """Hand a request to the first of our mailboxes that does not refuse it. Raise TryLater."""
    for recipient in recipients:
        address = settings.DPO_EMAIL if recipient is RequestRecipient.DESK else settings.CONTACT_EMAIL
        with suppress(MailNotAllowed):
            if await _by_mail(waiting, (recipient, address), now):
                await _note_delivery(waiting.id, recipient, now, is_certain=False)
                return
        log.error("the mailbox of the %s refuses request %s", recipient.value, waiting.id)
    await _count_try(waiting.id)
    raise TryLater("no mailbox of ours takes it")


async def _by_mail(waiting: WaitingRequest, to: tuple[RequestRecipient, str], now: datetime) -> bool:
    """Mail a request to an address; tell whether its server took it, or refused it for good. Raise TryLater."""
    errand, journalled = await _open(waiting, now)
    result: Result = "late"  # If this is interrupted, nobody knows whether the mail was delivered.
    try:
        mail = composing.request(waiting.id, waiting.headline, errand, to, now)
        await smtp.deliver(mail, parseaddr(settings.MAIL_FROM)[1], to[1])
        result = "ready"
    except GivenUp:
        result = "down"
        return False
    finally:
        await journal.record_result(journalled, result, now=now)
    return True


async def _by_json(waiting: WaitingRequest, agency: Agency, desk: RightsDesk, now: datetime) -> bool:
    """Deliver a request to an endpoint; tell whether it was taken, or refused for good. Raise TryLater."""
    journalled: Journalled | None = None
    result: Result = "down"
    to = desk.endpoint
    assert to is not None  # noqa: S101 - a desk has an address of mail or an endpoint

    async def open_content() -> DeliveryContent:
        nonlocal journalled, result
        errand, journalled = await _open(waiting, now)
        content = DeliveryContent(
            msgspec.json.encode(rules.message_of(errand, waiting.headline)), waiting.headline[0]
        )
        # If this is interrupted from here on, nobody knows whether the body has it.
        result = "late"
        return content

    try:
        tried = await delivery.deliver(agency, to, open_content, key=waiting.id)
        result = RESULTS.get(tried.end, result)
    finally:
        if journalled is not None:
            await journal.record_result(journalled, result, now=now)
    if tried.end not in ("taken", "refused"):
        raise TryLater(tried.detail)
    return tried.end == "taken"


async def _open(waiting: WaitingRequest, now: datetime) -> tuple[AskErrand, Journalled]:
    """Journal that a request is opened, and open it. Raise KeysGone, KeyFileBehind or CannotOpen."""
    box = await citizens.errand_box(waiting.citizen_id, rules.ERRAND)
    journalled = await journalling.note_opening(waiting.id, waiting.citizen_id, now)
    try:
        opened = box.open(waiting.sealed, rules.bound_errand(waiting.id))
    except CannotOpen:
        await journal.record_result(journalled, "down", now=now)
        raise
    return msgspec.json.decode(opened, type=AskErrand), journalled


def _name_of(body: str) -> str:
    agency = catalogue.installed().agency(body) if body else None
    return agency.manifest.name if agency else body


async def _read(request_id: UUID) -> WaitingRequest | None:
    async with pool.connection() as conn:
        row = await (await conn.execute(READ, (request_id,))).fetchone()
    if row is None:
        return None
    citizen_id, sealed, reference, right, body, *state = row
    headline = (reference, DataRight(right), queries.state_of(state))
    return WaitingRequest(request_id, citizen_id, bytes(sealed), headline, body)


async def _note_delivery(request_id: UUID, to: RequestRecipient, now: datetime, *, is_certain: bool) -> None:
    """Note who has a request; delete its errand where no mail can come back (`is_certain`). In one transaction."""
    async with pool.transaction() as conn:
        await conn.execute(DELIVERED, (now, to.value, request_id))
        if is_certain:
            await conn.execute(DROP, (request_id,))
    log.info("request %s forwarded to the %s", request_id, to.value)


async def _note_failure(request_id: UUID, failure: ForwardFailure, now: datetime) -> None:
    async with pool.connection() as conn:
        await conn.execute(FAILED, (now, failure.value, request_id))


async def _note_lost(request_id: UUID, error: Exception, now: datetime) -> None:
    """Note that a request does not open, so that nobody gets it, and delete its errand.

    Without keys it does not open either: the key database was put back, or its citizen erased everything just now.
    """
    async with pool.transaction() as conn:
        is_there = (await conn.execute(LOST, (now, ForwardFailure.UNREADABLE.value, request_id))).rowcount
        await conn.execute(DROP, (request_id,))
    if is_there:
        log.error("request %s does not open (%s): its citizen is told", request_id, type(error).__name__)
    else:
        log.info("request %s not forwarded: its citizen was erased", request_id)


async def _count_try(request_id: UUID) -> None:
    async with pool.connection() as conn:
        await conn.execute(ATTEMPTED, (request_id,))


async def _drop(request_id: UUID) -> None:
    async with pool.connection() as conn:
        await conn.execute(DROP, (request_id,))
