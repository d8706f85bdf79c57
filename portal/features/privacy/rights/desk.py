"""What our desk for data protection does with requests, by `manage.py rights`: list, extend, answer, note a bounce.

It runs in the role of the worker, which sees the pseudonym of a citizen and never what was asked. What the desk says
is sealed with a key of the citizen that the worker can derive; only the citizen's pages open it again.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.jobs import queue
from portal.platform.journal.types import WORKER, Occasion
from portal.platform.keys import citizens
from portal.platform.keys.errors import KeysGone
from portal.platform.kit import typed_text
from portal.platform.kit.errors import PortalError

from . import journalling, queries, rules, terms
from .actions import FORWARD, TO_CENTRE
from .types import ForwardFailure, NewsKind, RequestRecipient, RequestState

LIST = f"""
select reference, gdpr_right, body, {queries.STATE} from privacy_request where closed_at is null
order by coalesce(extended_on, due_on), received_at, reference
"""  # noqa: S608 - of constants
WHOSE = "select citizen_id from privacy_request where reference = %s"
FIND = f"""
select id, {queries.STATE} from privacy_request where reference = %s for update
"""  # noqa: S608 - of constants
PUT_NEWS = "insert into privacy_request_news (request_id, kind, citizen_id, sealed, at) values (%s, %s, %s, %s, %s)"
# The desk is warned again before the longer term ends.
EXTEND = "update privacy_request set extended_on = %s, warned_at = null where id = %s"
CLOSE = "update privacy_request set closed_at = %s, closed_by = 'desk' where id = %s"
BOUNCE = """
update privacy_request set delivered_at = null, delivered_to = null, failed_at = %s, failure = %s
where id = %s and exists (select from privacy_request_errand e where e.request_id = id)
"""


class DeskRefused(PortalError):
    """What the desk wants cannot be done; the text says why, for whoever runs the command."""

    code = "privacy.desk"


class HeldRequest(NamedTuple):
    """A request whose row is locked while the desk changes it."""

    id: UUID
    citizen_id: UUID
    state: RequestState


class OpenRequest:
    """An open request as the desk sees it. row: the columns of LIST."""

    def __init__(self, row: Sequence[Any]) -> None:
        self.reference, self.right, self.body = row[:3]
        self.state = queries.state_of(row[3:])

    def line(self, now: datetime) -> str:
        """Write it on one line: reference, right, body, last day of the term, progress."""
        progress = rules.progress_of(self.state, now).value
        return f"{self.reference}  {self.right}  {self.body or '-'}  {self.state.ends_on}  {progress}"


async def open_requests() -> list[OpenRequest]:
    """List the requests that are not closed, the one that ends first on top."""
    async with pool.connection() as conn:
        return [OpenRequest(row) for row in await (await conn.execute(LIST)).fetchall()]


async def extend(reference: str, why: str, now: datetime) -> date:
    """Lengthen a term by two months, with reasons for the citizen to read; give its last day. Raise DeskRefused."""
    text = _checked_text(why)
    async with _at(reference) as (conn, held):
        if not rules.may_extend(held.state, now):
            raise DeskRefused("it is closed, was extended before, or its first term is over (GDPR, article 12.3)")
        until = terms.last_day(held.state.received_at, months=terms.EXTENDED_MONTHS)
        if not await _put_news(conn, held, (NewsKind.EXTENDED, text), now):
            raise DeskRefused("its citizen has no keys any more, so that nobody could read why")
        await conn.execute(EXTEND, (until, held.id))
        return until


async def answer(reference: str, text: str, now: datetime) -> bool:
    """Close a request that was answered; text: how, as the citizen reads it. Raise DeskRefused.

    Tell whether they can read it: not where they have no keys any more, for the key database was put back.
    """
    text = _checked_text(text)
    async with _at(reference) as (conn, held):
        if held.state.closed_at is not None:
            raise DeskRefused("it is closed already")
        is_readable = await _put_news(conn, held, (NewsKind.ANSWERED, text), now)
        await conn.execute(CLOSE, (now, held.id))
    return is_readable


async def note_bounce(reference: str, now: datetime) -> RequestRecipient:
    """Note that the mail with a request came back, and queue it for our own desk; return who gets it.

    Where the mailbox of the desk gave it back, the contact centre gets it. Raise DeskRefused, also where what
    was sent is not kept any more.
    """
    async with _at(reference) as (conn, held):
        if held.state.delivered_at is None or held.state.closed_at is not None:
            raise DeskRefused("it was not delivered, or is closed")
        # Why the body did not get it stays as it was when the mail came back from a mailbox of ours.
        is_of_body = held.state.delivered_to is RequestRecipient.BODY
        row = (now, ForwardFailure.BOUNCED.value) if is_of_body else (held.state.failed_at, held.state.failure)
        if not (await conn.execute(BOUNCE, (*row, held.id))).rowcount:
            raise DeskRefused("what was sent is not kept any more: ask the citizen to make the request again")
        # FORWARD tries a body only as long as `failed_at` is empty, which it is no more: our desk gets the request.
        is_of_desk = held.state.delivered_to is RequestRecipient.DESK
        await queue.defer(conn, TO_CENTRE if is_of_desk else FORWARD, request_id=held.id)
        return RequestRecipient.CENTRE if is_of_desk else RequestRecipient.DESK


@asynccontextmanager
async def _at(reference: str) -> AsyncIterator[tuple[AsyncConnection[Any], HeldRequest]]:
    """Lock one request, in one transaction in the name of its citizen. Raise DeskRefused when there is none."""
    row_key = (reference.strip().upper(),)
    async with pool.connection() as conn:
        row = await (await conn.execute(WHOSE, row_key)).fetchone()
    if row is None:
        raise DeskRefused("there is no request with this reference")
    async with pool.as_citizen(row[0]) as conn:
        held_row = await (await conn.execute(FIND, row_key)).fetchone()
        if held_row is None:
            raise DeskRefused("its citizen has just erased it")
        yield conn, HeldRequest(held_row[0], row[0], queries.state_of(held_row[1:]))


async def _put_news(conn: AsyncConnection[Any], held: HeldRequest, news: tuple[NewsKind, str], now: datetime) -> bool:
    """Keep what the desk says, sealed for the citizen, and journal it, in the caller's transaction.

    Tell whether it is kept: for a citizen without keys nothing can be.
    """
    kind, text = news
    await journalling.note(conn, journalling.SAY, Occasion(held.citizen_id, now, str(held.id), WORKER))
    try:
        box = await citizens.errand_box(held.citizen_id, rules.NEWS)
    except KeysGone:
        return False
    sealed = box.seal(text.encode(), rules.bound_news(held.id, kind))
    await conn.execute(PUT_NEWS, (held.id, kind.value, held.citizen_id, sealed, now))
    return True


def _checked_text(text: str) -> str:
    """Give a text of the desk without what cannot be seen. Raise DeskRefused for one that is empty or too long."""
    try:
        words = typed_text.lines(text, most=rules.LONGEST_NEWS)
    except typed_text.TooLong:
        raise DeskRefused(f"say it in at most {rules.LONGEST_NEWS} characters") from None
    if not words:
        raise DeskRefused("say it in words: the citizen reads them")
    return words
