"""Mail about notices, by the worker. Right before each mail is asked whether it is still needed, and wanted.

Once for each notice (`notifications_delivery`, which is put in with it). A crash between the mail server and our
table sends again, with the same Message-ID: more is not to be had of SMTP (decision 0009).
"""

from collections import Counter
from collections.abc import Sequence
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

from . import delivery_rules as rules
from . import errands, preferences, section, wording
from .delivery_rules import Failure, Needless, Settled
from .mails import Counted, NewsOfDay, NewsOfDocument, NewsOfOne
from .preference_rules import NoMail, Pace, Unwanted, Wanted, service_key
from .types import EBOX, EboxNews

_ROW = """
select d.id, d.citizen_id, d.notice_id, n.body, d.sealed, d.put_at, d.due_at,
    case when t.is_archived or (t.opened_at, t.opened_number) >= (n.changed_at, n.number) then 'read'
        when (t.loud_at, t.loud_number) > (n.changed_at, n.number) then 'superseded'
        when n.ends_at <= %(now)s then 'over' end
from notifications_delivery d
join notifications_notice n on n.id = d.notice_id
join notifications_thread t on t.citizen_id = n.citizen_id and t.thread = n.thread
"""
ONE = f"{_ROW} where d.id = %(id)s and d.state = 'pending'"
OF_DIGEST = (
    f"{_ROW} where d.digest_id = %(id)s and d.state = 'digest' and d.settled_at is null order by d.put_at, d.id"
)
INTO_DIGEST = "update notifications_delivery set state = 'digest', due_at = %s where id = %s and state = 'pending'"
SETTLE = """
update notifications_delivery set state = %s, why = %s, settled_at = %s, sealed = null
where id = any(%s) and state in ('pending', 'digest')
"""
GATHER = "select notifications_gather(%s, %s)"
OVERDUE = """
select id from notifications_delivery
where settled_at is null and put_at < %(before)s and (due_at is null or due_at < %(before)s)
order by put_at limit %(most)s
"""
PART = 500  # mails that one transaction gathers, or gives up


type WantedByService = dict[str, Wanted | Unwanted]  # by service


class PendingMail(NamedTuple):
    """A mail that is to be sent, of one notice. needless: why it need not, by how far the citizen read."""

    id: UUID
    citizen_id: UUID
    notice_id: UUID
    body: str
    sealed: str
    put_at: datetime
    due_at: datetime | None
    needless: str | None


class NamedService(NamedTuple):
    """What a mail is about. key: the service in contact preferences; body, service: their names in Dutch."""

    key: str
    body: str
    service: str
    news: EboxNews | None = None


class Due(NamedTuple):
    """A mail that is needed and wanted. news: what happened to a document of the eBox. Never printed."""

    row: PendingMail
    wanted: Wanted
    body: str
    service: str
    news: EboxNews | None = None

    def __repr__(self) -> str:
        return "Due(…)"


async def tell(delivery_id: UUID, now: datetime | None = None) -> None:
    """Mail about one notice, when that is still needed and wanted now; or leave it for the mail of the day.

    Raise TryLater; or GivenUp, and then the page says that it could not be delivered.
    """
    moment = now or datetime.now(UTC)
    async with pool.connection() as conn:
        found = await (await conn.execute(ONE, {"id": delivery_id, "now": moment})).fetchone()
    if found is None:
        return
    row = PendingMail(*found)
    await _give_up_when_late([row], row.put_at, moment)
    due = await _due(row, moment, {})
    if due is None:
        return
    if due.wanted.pace is Pace.DAILY:
        async with pool.connection() as conn:
            await conn.execute(INTO_DIGEST, (rules.next_digest(moment), row.id))
        return
    content = NewsOfDocument(due.news, due.body) if due.news else NewsOfOne(due.body, due.service)
    await _send(row.id, [due], content, moment)


async def digest(digest_id: UUID, now: datetime | None = None) -> None:
    """Send the mail of the day to one citizen: one to each address that they chose. Raise as `tell` does.

    Before each mail all of it is asked again: while one is on its way, the address of another may be removed.
    """
    moment = now or datetime.now(UTC)
    rows = await _rows_of(digest_id, moment)
    if rows:
        await _give_up_when_late(rows, max(row.due_at or row.put_at for row in rows), moment)
    tried: set[UUID] = set()
    trouble: TryLater | GivenUp | None = None
    while group := await _next_group([row for row in rows if row.id not in tried], moment):
        address = group[0].wanted.address
        tried |= {due.row.id for due in group}
        counts = Counter((due.body, due.service) for due in group)
        lines = tuple(Counted(body, service, count) for (body, service), count in counts.items())
        try:
            await _send(uuid5(digest_id, address), group, NewsOfDay(lines), moment)
        except (TryLater, GivenUp) as error:
            # Another address is no reason to wait. Later counts for more than never: what failed says so already.
            trouble = error if isinstance(error, TryLater) or trouble is None else trouble
        rows = await _rows_of(digest_id, moment)
    if trouble is not None:
        raise trouble


async def gather(now: datetime) -> int:
    """Put in a job for each citizen whose mail of the day is due; returns how many. Twice makes none twice."""
    total = 0
    while True:
        async with pool.transaction() as conn:
            row = await (await conn.execute(GATHER, (now, PART))).fetchone()
        if row is None or not row[0]:
            return total
        total += int(row[0])


async def give_up_overdue(now: datetime) -> int:
    """Fail visibly what no job delivered in time; returns how many."""
    given, total = {"before": now - rules.OVERDUE, "most": PART}, 0
    while True:
        async with pool.connection() as conn:
            rows = await (await conn.execute(OVERDUE, given)).fetchall()
        if not rows:
            return total
        await _settle([delivery_id for (delivery_id,) in rows], Settled.FAILED, Failure.TOO_LATE, now)
        total += len(rows)


async def _rows_of(digest_id: UUID, now: datetime) -> list[PendingMail]:
    async with pool.connection() as conn:
        rows = await (await conn.execute(OF_DIGEST, {"id": digest_id, "now": now})).fetchall()
    return [PendingMail(*row) for row in rows]


async def _next_group(rows: Sequence[PendingMail], now: datetime) -> list[Due]:
    """Give those that are needed, and wanted at one address; each service is asked about once."""
    answers: WantedByService = {}
    found = [due for row in rows if (due := await _due(row, now, answers)) is not None]
    return [due for due in found if due.wanted.address == found[0].wanted.address]


async def _due(row: PendingMail, now: datetime, answers: WantedByService) -> Due | None:
    """Ask whether a mail is still needed and wanted; when it is not, that is written down, and None given.

    answers: what was answered a moment ago about services of the same citizen; it is added to.
    """
    if row.needless is not None:
        await _settle([row.id], Settled.NOT_NEEDED, Needless(row.needless), now)
        return None
    try:
        about = await _about(row)
        if about is None:
            await _settle([row.id], Settled.NOT_NEEDED, Needless.SERVICE_GONE, now)
            return None
        if about.key not in answers:
            occasion = Occasion(row.citizen_id, now, str(row.id), WORKER)
            answers[about.key] = await preferences.for_service(occasion, about.key)
        wanted = answers[about.key]
    except KeyFileBehind as error:
        raise TryLater(f"keys: {error.detail}") from None
    except KeysGone:
        await _settle([row.id], Settled.NOT_NEEDED, Needless.ERASED, now)
        return None
    except CannotOpen:
        await _settle([row.id], Settled.FAILED, Failure.UNREADABLE, now)
        return None
    if isinstance(wanted, Unwanted):
        is_fault = wanted.why is NoMail.UNREADABLE
        await _settle([row.id], Settled.FAILED if is_fault else Settled.NOT_NEEDED, wanted.why, now)
        return None
    if about.news is EboxNews.EXPIRING and not wanted.may_mail_expiry:
        await _settle([row.id], Settled.NOT_NEEDED, NoMail.NO_EXPIRY, now)
        return None
    return Due(row, wanted, mail_rules.plain_line(about.body), mail_rules.plain_line(about.service), about.news)


async def _about(row: PendingMail) -> NamedService | None:
    """Open what a mail is about; None where its service is there no more. Raise CannotOpen, or KeyFileBehind."""
    if row.body == EBOX:
        errand = await errands.unseal_document(row.sealed, row.citizen_id, row.notice_id)
        return NamedService(EBOX, errand.sender or wording.EBOX_SENDER, wording.EBOX_NAME, errand.news)
    product = await errands.unseal(row.sealed, row.citizen_id, row.notice_id)
    agency = section.body(row.body)
    service = section.of(agency).services.get(product) if agency else None
    if agency is None or service is None:
        return None
    return NamedService(service_key(row.body, product), agency.words.short, service.name)


async def _send(mail_id: UUID, group: Sequence[Due], content: MailContent, now: datetime) -> None:
    first, ids = group[0], [due.row.id for due in group]
    message = MailMessage(first.wanted.address, first.wanted.nickname, content)
    occasion = Occasion(first.row.citizen_id, now, str(first.row.id), WORKER)
    try:
        await mail.send_now(mail_id, occasion, message, max(due.row.due_at or due.row.put_at for due in group))
    except (GivenUp, MessageRefused) as error:
        await _settle(ids, Settled.FAILED, Failure.REFUSED, now)
        raise GivenUp(error.detail) from None
    await _settle(ids, Settled.SENT, None, now)


async def _give_up_when_late(rows: Sequence[PendingMail], since: datetime, now: datetime) -> None:
    if rules.is_too_late(since, now):
        await _settle([row.id for row in rows], Settled.FAILED, Failure.TOO_LATE, now)
        raise GivenUp("too late")


async def _settle(ids: Sequence[Any], state: Settled, why: str | None, now: datetime) -> None:
    async with pool.connection() as conn:
        await conn.execute(SETTLE, (state.value, None if why is None else str(why), now, list(ids)))
