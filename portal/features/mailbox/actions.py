"""Make and end the link with the eBox, each in one transaction, and delete all that the mailbox keeps.

Other changes stand in the rooms that keep what is changed: `arranged`, `payments`, `reminders`, `copies`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from portal.features.notifications import actions as notifications
from portal.platform.database import pool
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens

from . import announcements, farewells, journalling, queries, rules
from .arranged import folders, marks
from .copies import consent as archive
from .copies import writing
from .events import boxes, pulling
from .payments import paid
from .reminders import sending, storage

# Linking takes the choices of mail before the link, withdrawing the reverse: at once they would wait for each other.
ONE_BY_ONE = "select pg_advisory_xact_lock(hashtextextended('mailbox_link ' || %s::uuid, 0))"
KEEP = """
insert into mailbox_link (citizen_id, sealed, consent, since) values (%s, %s, %s, %s)
on conflict (citizen_id) do update
set sealed = excluded.sealed, consent = excluded.consent, since = excluded.since
"""
DROP = "delete from mailbox_link where citizen_id = any(%s)"
LINKED = "select citizen_id from mailbox_link where citizen_id = any(%b) order by citizen_id"
DROP_EVENTS = "delete from mailbox_event where citizen_id = any(%s)"


async def link(occasion: Occasion, email_id: UUID | None, national_number: str) -> None:
    """Store a citizen's consent to the current text, with the address where news of their eBox may be mailed.

    national_number: by which the worker recognises events in their box while they are away. email_id: not used where
    the citizen chose one address for all services. Raise AddressUnknown (of notifications) where it is not one of
    their verified addresses: then nothing is stored.
    """
    citizen_id = occasion.citizen_id
    await citizens.ensure(citizen_id)
    box = await citizens.mail_box(citizen_id)
    async with pool.as_citizen(citizen_id) as conn:
        await conn.execute(ONE_BY_ONE, (citizen_id,))
        known = await queries.link_in(conn, citizen_id)
        mail = await notifications.mail_about_ebox(conn, occasion, email_id, consent=rules.CONSENT)
        sealed = box.seal(msgspec.json.encode(mail.email_id), rules.binding(rules.CONSENT, occasion.now))
        await conn.execute(KEEP, (citizen_id, sealed, rules.CONSENT, occasion.now))
        # A link that exists keeps its box: a new row would have no mark yet, and the worker would miss its events.
        # Earlier releases could leave one without a box, where it was withdrawn at the same moment.
        if known is None or not await boxes.is_there(conn, citizen_id):
            await boxes.put(conn, citizen_id, national_number, occasion.now)
            await farewells.drop(conn, citizen_id)
            await announcements.put(conn, citizen_id, occasion.now, is_linked=True)
        await journalling.note(conn, journalling.LINK, occasion)


async def withdraw(occasion: Occasion) -> bool:
    """Delete the link, with all that was received or kept because of it; tell whether there was one.

    Notices and waiting mails about the eBox go, and so do reminders, marks of what was paid, stars and folders. It
    holds from the next request on, since every page of the mailbox reads the link. Copies in the citizen's own
    archive stay: they have a consent of their own.
    """
    mine = [occasion.citizen_id]
    async with pool.as_citizen(occasion.citizen_id) as conn:
        await conn.execute(ONE_BY_ONE, mine)
        await _forget_news(conn, mine)
        was_there = bool((await conn.execute(DROP, (mine,))).rowcount)
        await _forget_own_notes(conn, mine)
        if was_there:
            await announcements.put(conn, occasion.citizen_id, occasion.now, is_linked=False)
            await notifications.no_mail_about_ebox(conn, occasion)
            await journalling.note(conn, journalling.WITHDRAW, occasion)
    return was_there


async def forget(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Delete a citizen's link with all that was kept because of it, and their copies, in the caller's transaction.

    The row of `farewell` stays.
    """
    await _forget_links(conn, [citizen_id])
    await archive.forget(conn, citizen_id)


async def farewell(conn: AsyncConnection[Any], citizen_id: UUID, national_number: str, now: datetime) -> bool:
    """Note, before `forget` and in its transaction, that the federation is still to hear that the link ended.

    Returns False where it need not hear anything. See `farewells`.
    """
    return await farewells.put(conn, citizen_id, national_number, now)


async def retire(conn: AsyncConnection[Any], citizen_ids: Sequence[UUID]) -> set[UUID]:
    """Delete links and archives of these citizens, with all that was kept because of them.

    In a transaction of the worker's. Returns the citizens who had any. The federation hears of the links afterwards.
    """
    linked = await _end(conn, citizen_ids, is_told=True)
    return linked | await archive.retire(conn, citizen_ids)


async def end_of_dead(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Delete the link of who died, with all that was kept because of it; nobody is told.

    Copies in their own archive stay until they are retired: nobody opens them, and a register can be wrong.
    """
    await _end(conn, [citizen_id], is_told=False)


async def take_in_events(now: datetime) -> int:
    """Fetch new events of linked boxes from the event service; return how many were new. For the worker."""
    return await pulling.pull(now)


async def send_reminders(now: datetime) -> int:
    """Send the reminders that are due; return how many. For the worker."""
    return await sending.send_due(now)


async def expire(before: datetime) -> int:
    """Delete what had a term that ended before then; return how many.

    That is: marks of events, of payments and of arranged documents, announcements that nobody confirmed, reminders
    that were sent, and unfinished copies. Links and archives have no term: they stay until they are withdrawn.
    """
    rooms = (pulling, paid, announcements, storage, marks, writing)
    return sum([await room.expire(before) for room in rooms])


async def _end(conn: AsyncConnection[Any], citizen_ids: Sequence[UUID], *, is_told: bool) -> set[UUID]:
    """Delete the links of these citizens, with all that was kept because of them; return who had one."""
    found = await conn.execute(LINKED, (list(citizen_ids),), binary=True)
    linked = [citizen_id for (citizen_id,) in await found.fetchall()]
    if linked:
        await boxes.hold(conn, linked)
        if is_told:
            await farewells.put_of_many(conn, linked)
        await _forget_links(conn, linked)
    return set(linked)


async def _forget_links(conn: AsyncConnection[Any], citizen_ids: list[UUID]) -> None:
    await _forget_news(conn, citizen_ids)
    await conn.execute(DROP, (citizen_ids,))
    await announcements.forget(conn, citizen_ids)
    await _forget_own_notes(conn, citizen_ids)


async def _forget_news(conn: AsyncConnection[Any], citizen_ids: list[UUID]) -> None:
    # The box goes first: the worker locks it while it adds news, so none can be added after this.
    await boxes.drop(conn, citizen_ids)
    await notifications.forget_documents(conn, citizen_ids)
    await conn.execute(DROP_EVENTS, (citizen_ids,))


async def _forget_own_notes(conn: AsyncConnection[Any], citizen_ids: list[UUID]) -> None:
    # The link went before: whoever adds a star or note locks it (`holding`), so none can be added after this.
    for room in (folders, paid, storage):
        await room.forget(conn, citizen_ids)
