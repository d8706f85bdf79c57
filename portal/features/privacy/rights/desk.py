"""What our desk for data protection does with requests, by `manage.py rights`: list, extend, answer, say it bounced.

In the role of the worker, which sees whose pseudonym a request has and never what was asked. What the desk says is
sealed with a key of its citizen's that the worker can make; only their pages open it again.
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
# A longer term is warned of again before it ends.
EXTEND = "update privacy_request set extended_on = %s, warned_at = null where id = %s"
CLOSE = "update privacy_request set closed_at = %s, closed_by = 'desk' where id = %s"
BOUNCE = """
update privacy_request set delivered_at = null, delivered_to = null, failed_at = %s, failure = %s
where id = %s and exists (select from privacy_request_errand e where e.request_id = id)
"""


class DeskRefused(PortalError):
    """What the desk wants cannot be done; the text says why."""

    code = "privacy.desk"


class HeldRequest(NamedTuple):
    """A request that the desk does something with."""

    id: UUID
    citizen_id: UUID
    state: RequestState


class OpenRequest:
    """An open request as the desk sees it."""

    def __init__(self, row: Sequence[Any]) -> None:
        self.reference, self.right, self.body = row[:3]
        self.state = queries.state_of(row[3:])

    def line(self, now: datetime) -> str:
        """Write it on one line: reference, right, body, last day of the term, how far it is."""
        progress = rules.progress_of(self.state, now).value
        return f"{self.reference}  {self.right}  {self.body or '-'}  {self.state.ends_on}  {progress}"


async def open_requests() -> list[OpenRequest]:
    """List the requests that are not closed, the one that ends first on top."""
    async with pool.connection() as conn:
        return [OpenRequest(row) for row in await (await conn.execute(LIST)).fetchall()]


async def extend(reference: str, why: str, now: datetime) -> date:
    """Lengthen a term by two months, with reasons that the citizen reads; returns its last day. Raise DeskRefused."""
    text = _words(why)
    async with _at(reference) as (conn, one):
        if not rules.may_extend(one.state, now):
            raise DeskRefused("it is closed, was extended before, or its first term is over (GDPR, article 12.3)")
        until = terms.last_day(one.state.received_at, months=terms.EXTENDED_MONTHS)
        await _say(conn, one, (NewsKind.EXTENDED, text), now)
        await conn.execute(EXTEND, (until, one.id))
        return until


async def answer(reference: str, text: str, now: datetime) -> None:
    """Close a request that was answered; text: how, as the citizen reads it. Raise DeskRefused."""
    words = _words(text)
    async with _at(reference) as (conn, one):
        if one.state.closed_at is not None:
            raise DeskRefused("it is closed already")
        await _say(conn, one, (NewsKind.ANSWERED, words), now)
        await conn.execute(CLOSE, (now, one.id))


async def note_bounce(reference: str, now: datetime) -> RequestRecipient:
    """Note that the mail with a request came back, and have our own desk get it, or the contact centre where it came
    back from the desk's mailbox; returns which. Raise DeskRefused where that mail is not kept any more.
    """
    async with _at(reference) as (conn, one):
        if one.state.delivered_at is None or one.state.closed_at is not None:
            raise DeskRefused("it was not delivered, or is closed")
        # A mailbox of ours that gives a mail back says nothing about what the body did.
        is_of_body = one.state.delivered_to is RequestRecipient.BODY
        row = (now, ForwardFailure.BOUNCED.value) if is_of_body else (one.state.failed_at, one.state.failure)
        if not (await conn.execute(BOUNCE, (*row, one.id))).rowcount:
            raise DeskRefused("what was sent is not kept any more: ask the citizen to make the request again")
        is_of_desk = one.state.delivered_to is RequestRecipient.DESK
        await queue.defer(conn, TO_CENTRE if is_of_desk else FORWARD, request_id=one.id)
        return RequestRecipient.CENTRE if is_of_desk else RequestRecipient.DESK


@asynccontextmanager
async def _at(reference: str) -> AsyncIterator[tuple[AsyncConnection[Any], HeldRequest]]:
    """Hold one request, in one transaction in the name of its citizen. Raise DeskRefused when there is none."""
    named = (reference.strip().upper(),)
    async with pool.connection() as conn:
        row = await (await conn.execute(WHOSE, named)).fetchone()
    if row is None:
        raise DeskRefused("there is no request with this reference")
    async with pool.as_citizen(row[0]) as conn:
        held = await (await conn.execute(FIND, named)).fetchone()
        if held is None:
            raise DeskRefused("its citizen has just erased it")
        yield conn, HeldRequest(held[0], row[0], queries.state_of(held[1:]))


async def _say(conn: AsyncConnection[Any], one: HeldRequest, said: tuple[NewsKind, str], now: datetime) -> None:
    """Seal words for a citizen, and journal it; in the caller's transaction."""
    kind, text = said
    await journalling.note(conn, journalling.SAY, Occasion(one.citizen_id, now, str(one.id), WORKER))
    try:
        box = await citizens.errand_box(one.citizen_id, rules.NEWS)
    except KeysGone:
        raise DeskRefused("its citizen has erased everything") from None
    sealed = box.seal(text.encode(), rules.bound_news(one.id, kind))
    await conn.execute(PUT_NEWS, (one.id, kind.value, one.citizen_id, sealed, now))


def _words(text: str) -> str:
    try:
        words = typed_text.lines(text, most=rules.LONGEST_NEWS)
    except typed_text.TooLong:
        raise DeskRefused(f"say it in at most {rules.LONGEST_NEWS} characters") from None
    if not words:
        raise DeskRefused("say it in words: the citizen reads them")
    return words
