"""Change a citizen's contact preferences, each in one transaction; for the mailbox, the choice for the eBox."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from portal.features.profile import queries as profile
from portal.platform.database import pool
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens
from portal.platform.kit.errors import PortalError

from . import preference_journalling as journalling
from . import preference_rules as rules
from .preference_rules import CONSENT, Preferences, Way
from .preferences import BOUND, ebox_mail_in, preferences_in
from .types import EboxMail

KEEP = """
insert into notifications_preferences (citizen_id, sealed, consent, since) values (%s, %s, %s, %s)
on conflict (citizen_id) do update
set sealed = excluded.sealed, consent = excluded.consent, since = excluded.since
"""
# Consent and moment stay those of the choice that it changes.
CHANGE = "update notifications_preferences set sealed = %s where citizen_id = %s"
DROP = "delete from notifications_preferences where citizen_id = %s"
RETIRE = "delete from notifications_preferences where citizen_id = any(%b) returning citizen_id"


class AddressUnknown(PortalError):
    """The chosen address is not, or no longer, a verified address of the citizen."""

    code = "address_unknown"


async def choose(occasion: Occasion, preferences: Preferences) -> None:
    """Store a citizen's preferences in place of the old ones; those of Way.NONE delete the row.

    Raise AddressUnknown.
    """
    if preferences.way is Way.NONE:
        await withdraw(occasion)
        return
    chosen = {preferences.email_id, *preferences.services.values()} - {None}
    await citizens.ensure(occasion.citizen_id)
    async with pool.as_citizen(occasion.citizen_id) as conn:
        if not chosen <= {email.id for email in await profile.verified_emails_in(conn, occasion.citizen_id)}:
            raise AddressUnknown
        await _keep(conn, occasion, preferences)


async def withdraw(occasion: Occasion) -> bool:
    """Delete a citizen's preferences, so that they get no mails; tell whether there were any."""
    async with pool.as_citizen(occasion.citizen_id) as conn:
        return await _drop(conn, occasion)


async def mail_about_ebox(
    conn: AsyncConnection[Any], occasion: Occasion, email_id: UUID | None, *, consent: str
) -> EboxMail:
    """Choose the address for mails about the eBox, in the caller's transaction; return where they go now.

    A citizen who chose one address for all services keeps that, and email_id is not used. consent: the name of the
    text that they agreed to, stored where this is their first choice. The caller has made the citizen's keys.
    Raise AddressUnknown where mails would go to no verified address.
    """
    known = await preferences_in(conn, occasion.citizen_id, for_change=True) or Preferences()
    now = await ebox_mail_in(conn, occasion.citizen_id, known)
    if not now.is_for_all:
        now = msgspec.structs.replace(now, email_id=email_id)
    if now.address is None or now.email_id is None:
        raise AddressUnknown
    if not now.is_for_all:
        chosen = rules.with_ebox(known, now.email_id)
        if known.way is Way.NONE:
            await _keep(conn, occasion, chosen, consent)
        else:
            await _change(conn, occasion, chosen)
    return now


async def no_mail_about_ebox(conn: AsyncConnection[Any], occasion: Occasion) -> None:
    """Withdraw the choice for mails about the eBox, in the caller's transaction.

    Other choices stay as they are, with the consent and its moment.
    """
    known = await preferences_in(conn, occasion.citizen_id, for_change=True)
    others = rules.without_ebox(known) if known is not None else None
    if others is None or others == known:
        return
    if others.way is Way.NONE:
        await _drop(conn, occasion)
    else:
        await _change(conn, occasion, others)


async def _keep(
    conn: AsyncConnection[Any], occasion: Occasion, preferences: Preferences, consent: str = CONSENT
) -> None:
    sealed = await _seal(occasion, preferences)
    await conn.execute(KEEP, (occasion.citizen_id, sealed, consent, occasion.now))
    await journalling.note_change(conn, occasion, journalling.CHOOSE)


async def _change(conn: AsyncConnection[Any], occasion: Occasion, preferences: Preferences) -> None:
    """Store preferences in place of those that were read for change in this transaction."""
    await conn.execute(CHANGE, (await _seal(occasion, preferences), occasion.citizen_id))
    await journalling.note_change(conn, occasion, journalling.CHOOSE)


async def _seal(occasion: Occasion, preferences: Preferences) -> bytes:
    box = await citizens.mail_box(occasion.citizen_id)
    return box.seal(msgspec.json.encode(preferences), BOUND)


async def _drop(conn: AsyncConnection[Any], occasion: Occasion) -> bool:
    was_there = bool((await conn.execute(DROP, (occasion.citizen_id,))).rowcount)
    if was_there:
        await journalling.note_change(conn, occasion, journalling.WITHDRAW)
    return was_there


async def retire(conn: AsyncConnection[Any], citizen_ids: Sequence[UUID]) -> set[UUID]:
    """Delete the preferences of these citizens, in the worker's transaction; return the citizens who had any."""
    gone = await conn.execute(RETIRE, (list(citizen_ids),), binary=True)
    return {citizen_id for (citizen_id,) in await gone.fetchall()}


async def forget(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Delete a citizen's preferences, in the caller's transaction, unjournalled."""
    await conn.execute(DROP, (citizen_id,))
