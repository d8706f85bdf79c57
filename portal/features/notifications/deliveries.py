"""Send the mails about notices, in the worker.

Right before each mail it checks whether that is still needed and wanted. Each notice has at most one mail: a row of
`notifications_delivery`, added with the notice. Where a process stops between the mail server's answer and the update
of that row, the mail is sent again with the same Message-ID: SMTP offers no better (decision 0009).
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from portal.platform.database import pool
from portal.platform.jobs.errors import GivenUp, TryLater
from portal.platform.journal.types import WORKER, Occasion
from portal.platform.keys.errors import CannotOpen, KeyFileBehind, KeysGone
from portal.platform.mail import actions as mail
from portal.platform.mail import rules as mail_rules
from portal.platform.mail.errors import MessageRefused
from portal.platform.mail.types import MailContent, MailMessage
from portal.platform.sweeping import clock

from . import delivery_rules as rules
from . import errands, preferences, section, wording
from .delivery_rules import Failure, MailResult, Needless
from .mails import NewsOfDay, NewsOfDocument, NewsOfOne, ServiceCount
from .preference_rules import NoMail, Pace, UnwantedMail, WantedMail, service_key
from .types import EBOX, EboxNews

_ROW = """
select d.id, d.citizen_id, d.notice_id, n.body, d.sealed, d.put_at, d.due_at,
    case when t.is_archived or (t.opened_at, t.opened_number) >= (n.changed_at, n.number) then 'read'
        when n.ends_at <= %(now)s then 'over'
        when (t.loud_at, t.loud_number) > (n.changed_at, n.number) then 'superseded' end
from notifications_delivery d
join notifications_notice n on n.id = d.notice_id
join notifications_thread t on t.citizen_id = n.citizen_id and t.thread = n.thread
"""
ONE = f"{_ROW} where d.id = %(id)s and d.state = 'pending'"
OF_DIGEST = (
    f"{_ROW} where d.digest_id = %(id)s and d.state = 'digest' and d.settled_at is null order by d.put_at, d.id"
)
# Of the same thread, the newest first: what was mailed about later notices, or may still be.
LATER = """
select d.state = 'sent', d.id, d.citizen_id, d.notice_id, n.body, d.sealed, d.put_at, d.due_at
from notifications_notice o
join notifications_notice n on n.citizen_id = o.citizen_id and n.thread = o.thread
    and (n.changed_at, n.number) > (o.changed_at, o.number)
join notifications_delivery d on d.notice_id = n.id and d.citizen_id = n.citizen_id
where o.id = %(notice)s and (d.state = 'sent' or d.settled_at is null and n.ends_at > %(now)s)
order by n.changed_at desc, n.number desc limit %(most)s
"""
INTO_DIGEST = "update notifications_delivery set state = 'digest', due_at = %s where id = %s and state = 'pending'"
SETTLE = """
update notifications_delivery set state = %s, why = %s, settled_at = %s, sealed = null
where id = any(%s) and state in ('pending', 'digest')
"""
GATHER = "select notifications_gather(%s, %s)"
OVERDUE = f"""{_ROW}
where d.settled_at is null and d.put_at < %(before)s and (d.due_at is null or d.due_at < %(before)s)
order by d.put_at limit %(most)s
"""
PART = 500  # mails that one transaction gathers, or gives up
MOST_LATER = 100  # later notices of its thread, the newest, of which one may supersede a mail


type WantedByService = dict[str, WantedMail | UnwantedMail]  # by `NamedService.key`


class PendingMail(NamedTuple):
    """The row of a mail that is not sent yet, about one notice.

    sealed: an errand (`errands`), which names the service. due_at: of the mail of the day that it goes into, None
    before that is decided. needless: why it is not needed any more, a value of `delivery_rules.Needless`; None where
    it is. It is SUPERSEDED where there is a later loud notice, whether a mail about that one is wanted or not.
    """

    id: UUID
    citizen_id: UUID
    notice_id: UUID
    body: str
    sealed: str
    put_at: datetime
    due_at: datetime | None
    needless: str | None = None

    @property
    def since(self) -> datetime:
        """From when on it counts whether the mail is too late.

        A worker whose clock is behind may have given it a mail of the day that was over before it was added.
        """
        return max(self.due_at or self.put_at, self.put_at)


class ServiceUnknown(TryLater):
    """This worker's manifests lack the service of a mail: they can be older than the portal's, or stand elsewhere."""


class NamedService(NamedTuple):
    """The service that a mail is about. key: in contact preferences; body, service: names in Dutch.

    news: what happened to a document, where the service is the eBox.
    """

    key: str
    body: str
    service: str
    news: EboxNews | None = None


class DueMail(NamedTuple):
    """A mail that is needed and wanted. news: as in NamedService. Its repr hides its content."""

    row: PendingMail
    wanted: WantedMail
    body: str
    service: str
    news: EboxNews | None = None

    def __repr__(self) -> str:
        return "DueMail(…)"


async def send_one(delivery_id: UUID, now: datetime | None = None) -> None:
    """Send the mail about one notice, or move it into the mail of the day, or settle it as not needed.

    Raise TryLater where a later try may succeed, also when it seems to come too late and the clock is in doubt;
    GivenUp, with the row settled as failed, where none can.
    """
    moment = now or datetime.now(UTC)
    async with pool.connection() as conn:
        found = await (await conn.execute(ONE, {"id": delivery_id, "now": moment})).fetchone()
    if found is None:
        return
    row = PendingMail(*found)
    due = await _due(row, moment, {})
    if due is None:
        return
    await _give_up_when_late([row], row.since, moment)
    if due.wanted.pace is Pace.DAILY:
        async with pool.connection() as conn:
            await conn.execute(INTO_DIGEST, (rules.next_digest(moment), row.id))
        return
    content = NewsOfDocument(due.news, due.body) if due.news else NewsOfOne(due.body, due.service)
    await _send(row.id, [due], content, moment)


async def send_digest(digest_id: UUID, now: datetime | None = None) -> None:
    """Send the mail of the day to one citizen: one to each address that they chose. Raise as `send_one` does.

    Rows and preferences are read again before each mail, since an address may be removed while another mail is sent.
    """
    moment = now or datetime.now(UTC)
    rows = await _rows_of(digest_id, moment)
    wanted = await _wanted(rows, moment)
    if wanted:
        since = max(row.since for row in rows)
        await _give_up_when_late([due.row for due in wanted], since, moment)
    tried: set[UUID] = set()
    trouble: TryLater | GivenUp | None = None
    while wanted:
        address = wanted[0].wanted.address
        group = [due for due in wanted if due.wanted.address == address]
        tried |= {due.row.id for due in group}
        counts = Counter((due.body, due.service) for due in group)
        lines = tuple(ServiceCount(body, service, count) for (body, service), count in counts.items())
        try:
            await _send(uuid5(digest_id, address), group, NewsOfDay(lines), moment)
        except (TryLater, GivenUp) as error:
            # The other addresses are still mailed. TryLater wins over GivenUp, whose rows are settled already.
            trouble = error if isinstance(error, TryLater) or trouble is None else trouble
        rows = await _rows_of(digest_id, moment)
        wanted = await _wanted([row for row in rows if row.id not in tried], moment)
    if trouble is None and await _rows_of(digest_id, moment):
        trouble = ServiceUnknown("this worker knows not every service of it")
    if trouble is not None:
        raise trouble


async def gather(now: datetime) -> int:
    """Add a job for each citizen whose mail of the day is due; return how many. Each mail gets one job at most.

    now: of a clock that the caller has verified (`sweeping.clock`).
    """
    total = 0
    while True:
        async with pool.transaction() as conn:
            row = await (await conn.execute(GATHER, (now, PART))).fetchone()
        if row is None or not row[0]:
            return total
        total += int(row[0])


async def give_up_overdue(now: datetime) -> int:
    """Settle the mails that no job sent in time, so that pages show it; return how many.

    They failed, but for those about what was read meanwhile or is over. Whether they were wanted is not asked.
    now: as in `gather`.
    """
    given, total = {"before": now - rules.OVERDUE, "most": PART, "now": now}, 0
    while True:
        async with pool.connection() as conn:
            rows = [PendingMail(*row) for row in await (await conn.execute(OVERDUE, given)).fetchall()]
        if not rows:
            return total
        late = [row.id for row in rows if row.needless not in (Needless.READ, Needless.OVER)]
        await _settle(late, MailResult.FAILED, Failure.TOO_LATE, now)
        for why in (Needless.READ, Needless.OVER):
            needless = [row.id for row in rows if row.needless == why]
            await _settle(needless, MailResult.NOT_NEEDED, why, now)
        total += len(rows)


async def _rows_of(digest_id: UUID, now: datetime) -> list[PendingMail]:
    async with pool.connection() as conn:
        rows = await (await conn.execute(OF_DIGEST, {"id": digest_id, "now": now})).fetchall()
    return [PendingMail(*row) for row in rows]


async def _wanted(rows: Sequence[PendingMail], now: datetime) -> list[DueMail]:
    """Give the mails that are needed and wanted, and settle the others, but for those of a service unknown here.

    Preferences are read once a service.
    """
    answers: WantedByService = {}
    wanted = []
    for row in rows:
        with suppress(ServiceUnknown):
            if (due := await _due(row, now, answers)) is not None:
                wanted.append(due)
    return wanted


async def _due(row: PendingMail, now: datetime, answers: WantedByService) -> DueMail | None:
    """Check whether a mail is still needed and wanted; where it is not, settle its row and return None.

    answers: the preferences of the same citizen that were read a moment ago, by service; this adds to them.
    Raise TryLater; ServiceUnknown until it is too late for the mail.
    """
    if row.needless == Needless.OVER:
        await clock.verify_now()
    if row.needless is not None and row.needless != Needless.SUPERSEDED:
        await _settle([row.id], MailResult.NOT_NEEDED, Needless(row.needless), now)
        return None
    due: DueMail | NoMail | Needless | Failure
    try:
        due = await _wish(row, now, answers)
        if isinstance(due, DueMail) and row.needless is not None and await _is_superseded(row, now, answers):
            due = Needless.SUPERSEDED
    except KeyFileBehind as error:
        raise TryLater(f"keys: {error.detail}") from None
    except KeysGone:
        due = Needless.ERASED
    except CannotOpen:
        due = Failure.UNREADABLE
    if isinstance(due, DueMail):
        return due
    if due is Needless.SERVICE_GONE:
        if not rules.is_too_late(row.since, now):
            raise ServiceUnknown("this worker knows no such service")
        await clock.verify_now()
    is_fault = due in (NoMail.UNREADABLE, Failure.UNREADABLE)
    await _settle([row.id], MailResult.FAILED if is_fault else MailResult.NOT_NEEDED, due, now)
    return None


async def _wish(row: PendingMail, now: datetime, answers: WantedByService) -> DueMail | NoMail | Needless:
    """Ask whether the citizen wants this mail; return it, or why not. answers: as in `_due`.

    Raise CannotOpen, KeyFileBehind, KeysGone.
    """
    about = await _about(row)
    if about is None:
        return Needless.SERVICE_GONE
    if about.key not in answers:
        occasion = Occasion(row.citizen_id, now, str(row.id), WORKER)
        answers[about.key] = await preferences.for_service(occasion, about.key)
    wanted = answers[about.key]
    if isinstance(wanted, UnwantedMail):
        return wanted.why
    if about.news is EboxNews.EXPIRING and not wanted.may_mail_expiry:
        return NoMail.NO_EXPIRY
    return DueMail(row, wanted, mail_rules.plain_line(about.body), mail_rules.plain_line(about.service), about.news)


async def _is_superseded(row: PendingMail, now: datetime, answers: WantedByService) -> bool:
    """Tell whether a later notice of the thread was mailed, or has a mail that is wanted: else nobody would be told.

    answers: as in `_due`. Raise KeyFileBehind, KeysGone.
    """
    given = {"notice": row.notice_id, "now": now, "most": MOST_LATER}
    async with pool.connection() as conn:
        rows = await (await conn.execute(LATER, given)).fetchall()
    for was_sent, *later in rows:
        with suppress(CannotOpen):
            if was_sent or isinstance(await _wish(PendingMail(*later), now, answers), DueMail):
                return True
    return False


async def _about(row: PendingMail) -> NamedService | None:
    """Decrypt which service a mail is about; None where that is no longer in a manifest.

    Raise CannotOpen, KeyFileBehind.
    """
    if row.body == EBOX:
        errand = await errands.unseal_document(row.sealed, row.citizen_id, row.notice_id)
        return NamedService(EBOX, errand.sender or wording.EBOX_SENDER, wording.EBOX_NAME, errand.news)
    product = await errands.unseal(row.sealed, row.citizen_id, row.notice_id)
    agency = section.body(row.body)
    service = section.of(agency).services.get(product) if agency else None
    if agency is None or service is None:
        return None
    return NamedService(service_key(row.body, product), agency.words.short, service.name)


async def _send(mail_id: UUID, group: Sequence[DueMail], content: MailContent, now: datetime) -> None:
    first, ids = group[0], [due.row.id for due in group]
    message = MailMessage(first.wanted.address, first.wanted.nickname, content)
    occasion = Occasion(first.row.citizen_id, now, str(first.row.id), WORKER)
    try:
        await mail.send_now(mail_id, occasion, message, max(due.row.since for due in group))
    except (GivenUp, MessageRefused) as error:
        await _settle(ids, MailResult.FAILED, Failure.REFUSED, now)
        raise GivenUp(error.detail) from None
    await _settle(ids, MailResult.SENT, None, now)


async def _give_up_when_late(rows: Sequence[PendingMail], since: datetime, now: datetime) -> None:
    if rules.is_too_late(since, now):
        await clock.verify_now()
        await _settle([row.id for row in rows], MailResult.FAILED, Failure.TOO_LATE, now)
        raise GivenUp("too late")


async def _settle(ids: Sequence[Any], state: MailResult, why: str | None, now: datetime) -> None:
    async with pool.connection() as conn:
        await conn.execute(SETTLE, (state.value, None if why is None else str(why), now, list(ids)))
