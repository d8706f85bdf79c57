"""Writes of requests by their citizens: take one in, close it; and `forget` and `expire` of their table."""

from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
from psycopg import AsyncConnection

from portal.platform.access.types import Session
from portal.platform.database import pool
from portal.platform.jobs import queue
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens, pseudonym
from portal.platform.keys.errors import CannotOpen
from portal.platform.kit.errors import PortalError

from . import journalling, rules, terms
from .types import Ask, AskErrand, DataRight

FORWARD = "privacy.forward"
TO_CENTRE = "privacy.forward_to_centre"  # for a request whose mail came back from our desk's mailbox

ONE_BY_ONE = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"
SENT_BEFORE = "select reference from privacy_request where citizen_id = %s and form_key = %s"
# A form that is opened in two tabs has two keys: only the words tell that both are one request.
ALIKE = """
select id, reference, sealed from privacy_request
where citizen_id = %s and gdpr_right = %s and body = %s and received_at > %s and closed_at is null
    and failure is distinct from 'unreadable' order by received_at, reference
"""
OPEN = "select count(*) from privacy_request where citizen_id = %s and closed_at is null"
PUT = """
insert into privacy_request (
    id, citizen_id, form_key, reference, gdpr_right, body, sealed, received_at, due_on
) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
PUT_ERRAND = "insert into privacy_request_errand (request_id, citizen_id, sealed) values (%s, %s, %s)"
CLOSE = """
update privacy_request set closed_at = %s, closed_by = 'citizen'
where citizen_id = %s and reference = %s and closed_at is null
"""
FORGET = "delete from privacy_request where citizen_id = %s"
# A request that nobody ever closed ends with its term.
EXPIRE = """
delete from privacy_request
where coalesce(closed_at, (coalesce(extended_on, due_on) + 1)::timestamp at time zone 'Europe/Brussels') < %s
"""


class TooManyRequests(PortalError):
    """The citizen has as many open requests as are allowed (`rules.MOST_OPEN`)."""

    code = "privacy.many"


async def ask(session: Session, occasion: Occasion, what: tuple[DataRight, str, Ask], form_key: UUID) -> str:
    """Keep a request, queue the job that forwards it, and journal it, in one transaction; return its reference.

    what: which right, the id of the body ("" for the portal itself), and the words. A form that was sent before (same
    form_key and content), and the words of a request of the last day that is still open, make no second request: the
    reference is that of the first. Raise TooManyRequests; on any error nothing is kept.
    """
    citizen_id, now = occasion.citizen_id, occasion.now
    right, body, content = what
    await citizens.ensure(citizen_id)
    request_id, reference = uuid4(), rules.new_reference()
    words = msgspec.json.encode(content)
    # The key covers the words too: a form that was changed after it was sent is another request.
    form = form_key.bytes + msgspec.json.encode((right, body)) + words
    form_key = UUID(bytes=(await pseudonym.mark(citizen_id, b"rights form", form))[:16])
    own_box = await citizens.data_box(citizen_id)
    sealed = own_box.seal(words, rules.bound_request(request_id))
    who = session.identity
    errand = msgspec.json.encode(AskErrand(who.insz, who.name, content, who.means, who.assurance))
    worker_box = await citizens.errand_box(citizen_id, rules.ERRAND)
    async with pool.as_citizen(citizen_id) as conn:
        # Without this lock, forms that arrive at once would not see each other, and MOST_OPEN could be passed.
        await conn.execute(ONE_BY_ONE, (f"rights {citizen_id}",))
        before = await (await conn.execute(SENT_BEFORE, (citizen_id, form_key))).fetchone()
        if before is not None:
            return str(before[0])
        like = (citizen_id, right, body, now - rules.ALIKE_FOR)
        for known_id, known_reference, known_words in await (await conn.execute(ALIKE, like)).fetchall():
            with suppress(CannotOpen):
                if own_box.open(bytes(known_words), rules.bound_request(known_id)) == words:
                    return str(known_reference)
        (count,) = await (await conn.execute(OPEN, (citizen_id,))).fetchone() or (0,)
        if count >= rules.MOST_OPEN:
            raise TooManyRequests
        await journalling.note(conn, journalling.ASK, occasion)
        row = (request_id, citizen_id, form_key, reference, right, body, sealed, now, terms.last_day(now))
        await conn.execute(PUT, row)
        await conn.execute(
            PUT_ERRAND, (request_id, citizen_id, worker_box.seal(errand, rules.bound_errand(request_id)))
        )
        await queue.defer(conn, FORWARD, request_id=request_id)
    return reference


async def close(occasion: Occasion, reference: str) -> bool:
    """Close a request of a citizen who says that it is over; tell whether it was theirs and still open."""
    async with pool.as_citizen(occasion.citizen_id) as conn:
        row = (occasion.now, occasion.citizen_id, reference)
        if not (await conn.execute(CLOSE, row)).rowcount:
            return False
        await journalling.note(conn, journalling.CLOSE, occasion)
        return True


async def forget(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Delete a citizen's requests, also what was still to be forwarded, in the caller's transaction.

    What a body or our desk has already is theirs to keep or to erase.
    """
    await conn.execute(FORGET, (citizen_id,))


async def expire(before: datetime) -> int:
    """Delete requests that were closed, or whose term ended, before a moment (UTC); return how many."""
    return await pool.sweep(EXPIRE, (before,))
