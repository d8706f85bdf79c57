"""What a citizen does with their contact preferences, each in one transaction."""

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
DROP = "delete from notifications_preferences where citizen_id = %s"
RETIRE = "delete from notifications_preferences where citizen_id = any(%s) returning citizen_id"


class AddressUnknown(PortalError):
    """An address was chosen that is not, or no longer, one of the citizen's verified ones."""

    code = "address_unknown"


async def choose(occasion: Occasion, preferences: Preferences) -> None:
    """Keep what a citizen chose, in place of what was there; Way.NONE keeps nothing. Raise AddressUnknown."""
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
    """Take away what a citizen chose: no mails from now on; tells whether there was anything."""
    async with pool.as_citizen(occasion.citizen_id) as conn:
        return await _drop(conn, occasion)


async def mail_about_ebox(
    conn: AsyncConnection[Any], occasion: Occasion, email_id: UUID | None, *, consent: str
) -> EboxMail:
    """Have news of the eBox mailed to an address, in the caller's transaction, and tell how that now stands.

    Who chose one address for all services keeps that, whatever is given. consent: the text agreed to, which stands
    for their choice when it is the first. The caller has made the citizen's keys.
    Raise AddressUnknown when mails would go to no address that is verified now.
    """
    known = await preferences_in(conn, occasion.citizen_id, for_change=True) or Preferences()
    now = await ebox_mail_in(conn, occasion.citizen_id, known)
    if not now.is_for_all:
        now = msgspec.structs.replace(now, email_id=email_id)
    if now.address is None or now.email_id is None:
        raise AddressUnknown
    if not now.is_for_all:
        text = consent if known.way is Way.NONE else CONSENT
        await _keep(conn, occasion, rules.with_ebox(known, now.email_id), text)
    return now


async def no_mail_about_ebox(conn: AsyncConnection[Any], occasion: Occasion) -> None:
    """Take away that news of the eBox is mailed, in the caller's transaction; other choices stay as they are."""
    known = await preferences_in(conn, occasion.citizen_id, for_change=True)
    left = rules.without_ebox(known) if known is not None else None
    if left is None or left == known:
        return
    if left.way is Way.NONE:
        await _drop(conn, occasion)
    else:
        await _keep(conn, occasion, left)


async def _keep(
    conn: AsyncConnection[Any], occasion: Occasion, preferences: Preferences, consent: str = CONSENT
) -> None:
    box = await citizens.mail_box(occasion.citizen_id)
    sealed = box.seal(msgspec.json.encode(preferences), BOUND)
    await conn.execute(KEEP, (occasion.citizen_id, sealed, consent, occasion.now))
    await journalling.note_change(conn, occasion, journalling.CHOOSE)


async def _drop(conn: AsyncConnection[Any], occasion: Occasion) -> bool:
    was_there = bool((await conn.execute(DROP, (occasion.citizen_id,))).rowcount)
    if was_there:
        await journalling.note_change(conn, occasion, journalling.WITHDRAW)
    return was_there


async def retire(conn: AsyncConnection[Any], citizen_ids: Sequence[UUID]) -> set[UUID]:
    """Take away what these citizens chose, in the worker's transaction, which names them; returns who chose."""
    return {row[0] for row in await (await conn.execute(RETIRE, (list(citizen_ids),))).fetchall()}


async def forget(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Take away what a citizen chose, in the caller's transaction."""
    await conn.execute(DROP, (citizen_id,))
