"""What a citizen does with their contact preferences, each in one transaction."""

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
from .preference_rules import CONSENT, Preferences, Way
from .preferences import BOUND

KEEP = """
insert into notifications_preferences (citizen_id, sealed, consent, since) values (%s, %s, %s, %s)
on conflict (citizen_id) do update
set sealed = excluded.sealed, consent = excluded.consent, since = excluded.since
"""
DROP = "delete from notifications_preferences where citizen_id = %s"


class AddressUnknown(PortalError):
    """An address was chosen that is not, or no longer, one of the citizen's verified ones."""

    code = "address_unknown"


async def choose(occasion: Occasion, preferences: Preferences) -> None:
    """Keep what a citizen chose, in place of what was there; Way.NONE keeps nothing. Raise AddressUnknown."""
    if preferences.way is Way.NONE:
        await withdraw(occasion)
        return
    citizen_id = occasion.citizen_id
    chosen = {preferences.email_id, *preferences.services.values()} - {None}
    await citizens.ensure(citizen_id)
    sealed = (await citizens.mail_box(citizen_id)).seal(msgspec.json.encode(preferences), BOUND)
    async with pool.as_citizen(citizen_id) as conn:
        if not chosen <= {email.id for email in await profile.verified_emails_in(conn, citizen_id)}:
            raise AddressUnknown
        await conn.execute(KEEP, (citizen_id, sealed, CONSENT, occasion.now))
        await journalling.note_change(conn, occasion, journalling.CHOOSE)


async def withdraw(occasion: Occasion) -> bool:
    """Take away what a citizen chose: no mails from now on; tells whether there was anything."""
    async with pool.as_citizen(occasion.citizen_id) as conn:
        was_there = bool((await conn.execute(DROP, (occasion.citizen_id,))).rowcount)
        if was_there:
            await journalling.note_change(conn, occasion, journalling.WITHDRAW)
    return was_there


async def forget(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Take away what a citizen chose, in the caller's transaction."""
    await conn.execute(DROP, (citizen_id,))
