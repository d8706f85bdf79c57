"""What a citizen does about the link with their eBox, each in one transaction, and how it is forgotten."""

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

KEEP = """
insert into mailbox_link (citizen_id, sealed, consent, since) values (%s, %s, %s, %s)
on conflict (citizen_id) do update
set sealed = excluded.sealed, consent = excluded.consent, since = excluded.since
"""
DROP = "delete from mailbox_link where citizen_id = any(%s)"
LINKED = "select citizen_id from mailbox_link where citizen_id = any(%s) order by citizen_id"
DROP_EVENTS = "delete from mailbox_event where citizen_id = any(%s)"


async def link(occasion: Occasion, email_id: UUID | None, number: str) -> None:
    """Keep that a citizen said yes to the text of now, with the address where news of it may be mailed.

    number: their national number, by which the worker finds what happens in their box while they are away.
    email_id: None, or whatever, for who chose one address for all services. Raise AddressUnknown (of notifications)
    when it is not one of their verified addresses: then nothing is linked.
    """
    citizen_id = occasion.citizen_id
    await citizens.ensure(citizen_id)
    box = await citizens.mail_box(citizen_id)
    async with pool.as_citizen(citizen_id) as conn:
        # Where it is linked already the box stays: what happens in it meanwhile is found by its mark.
        known = await queries.link_in(conn, citizen_id)
        mail = await notifications.mail_about_ebox(conn, occasion, email_id, consent=rules.CONSENT)
        sealed = box.seal(msgspec.json.encode(mail.email_id), rules.binding(rules.CONSENT, occasion.now))
        await conn.execute(KEEP, (citizen_id, sealed, rules.CONSENT, occasion.now))
        if known is None:
            await boxes.put(conn, citizen_id, number, occasion.now)
            await farewells.drop(conn, citizen_id)
            await announcements.put(conn, citizen_id, occasion.now, is_linked=True)
        await journalling.note(conn, journalling.LINK, occasion)


async def withdraw(occasion: Occasion) -> bool:
    """Take the link away, with all that came by it or was kept with it; tells if there was one.

    News and mails about the eBox go, and so do marks of what was paid, stars and folders. It holds from the next
    request on: every page of the mailbox looks first. Nothing is put in for that box any more, and what waited to be
    mailed is gone. Copies in the citizen's own archive stay: they agreed to those apart.
    """
    mine = [occasion.citizen_id]
    async with pool.as_citizen(occasion.citizen_id) as conn:
        await _forget_what_came(conn, mine)
        was_there = bool((await conn.execute(DROP, (mine,))).rowcount)
        await _forget_what_was_kept(conn, mine)
        if was_there:
            await announcements.put(conn, occasion.citizen_id, occasion.now, is_linked=False)
            await notifications.no_mail_about_ebox(conn, occasion)
            await journalling.note(conn, journalling.WITHDRAW, occasion)
    return was_there


async def forget(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Take the link away with all that came by it, and the archive of copies, in the caller's transaction.

    What `farewell` kept before stays.
    """
    await _forget_links(conn, [citizen_id])
    await archive.forget(conn, citizen_id)


async def farewell(conn: AsyncConnection[Any], citizen_id: UUID, number: str, now: datetime) -> bool:
    """Keep for some days that the federation is to be told that a link is gone, before all of it is forgotten.

    False where there is nothing to tell.
    """
    return await farewells.put(conn, citizen_id, number, now)


async def retire(conn: AsyncConnection[Any], citizen_ids: Sequence[UUID]) -> set[UUID]:
    """Take links and archives of these citizens away, with all that came by them, in the worker's transaction.

    Returns who had any.
    """
    linked = [row[0] for row in await (await conn.execute(LINKED, (list(citizen_ids),))).fetchall()]
    if linked:
        await boxes.hold(conn, linked)
        await _forget_links(conn, linked)
    return {*linked, *await archive.retire(conn, citizen_ids)}


async def take_in_events(now: datetime) -> int:
    """Pull what happened in the boxes that are linked; returns how many events were new. For the worker."""
    return await pulling.pull(now)


async def send_reminders(now: datetime) -> int:
    """Tell the reminders that are due; returns how many. For the worker."""
    return await sending.send_due(now)


async def expire(before: datetime) -> int:
    """Forget events, marks and unfinished copies whose term is over; link and archive hold until withdrawn."""
    done = [await one.expire(before) for one in (pulling, paid, announcements, storage, marks, writing)]
    return sum(done)


async def _forget_links(conn: AsyncConnection[Any], citizen_ids: list[UUID]) -> None:
    await _forget_what_came(conn, citizen_ids)
    await conn.execute(DROP, (citizen_ids,))
    await announcements.forget(conn, citizen_ids)
    await _forget_what_was_kept(conn, citizen_ids)


async def _forget_what_came(conn: AsyncConnection[Any], citizen_ids: list[UUID]) -> None:
    # The box first: whoever puts in news holds it, and finds none after that.
    await boxes.drop(conn, citizen_ids)
    await notifications.forget_documents(conn, citizen_ids)
    await conn.execute(DROP_EVENTS, (citizen_ids,))


async def _forget_what_was_kept(conn: AsyncConnection[Any], citizen_ids: list[UUID]) -> None:
    # After the link: whoever keeps something with it holds it, and finds none after that.
    for room in (folders, paid, storage):
        await room.forget(conn, citizen_ids)
