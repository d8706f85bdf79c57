"""Announce to citizens who did not sign in for almost two years that what they gave us will go: once, by mail."""

from contextlib import suppress
from datetime import date, datetime
from uuid import UUID, uuid4

from portal.features.profile import queries as profile
from portal.features.profile.types import KeptKind
from portal.platform.database import pool
from portal.platform.journal.types import WORKER, Occasion
from portal.platform.keys import errands
from portal.platform.keys.errors import KeysGone
from portal.platform.language.dates import day_here
from portal.platform.mail import actions as mail
from portal.platform.mail.errors import MessageRefused
from portal.platform.mail.types import MailMessage

from . import journalling, rules
from .mails import ProfileGoes

PART = 200  # citizens in one read

# From behind the last part on: the rows before it, of who was told already, are not read again for each part.
DUE = """
select seen_on, citizen_id from privacy_visit
where seen_on <= %s and announced_on is null and (seen_on, citizen_id) > (%s, %s)
order by seen_on, citizen_id limit %s
"""
# A citizen who signed in meanwhile is left out, and nobody is told twice.
CLAIM = """
update privacy_visit set announced_on = %s where citizen_id = %s and seen_on <= %s and announced_on is null
returning seen_on
"""
# Signing in withdraws the mail by this.
KEEP_MAIL_ID = "update privacy_visit set mail_id = %s where citizen_id = %s"


async def announce(now: datetime) -> int:
    """Announce it to all who are due, each in a transaction of its own; return how many. For the worker."""
    today, announced = day_here(now), 0
    until, last = rules.years_before(today + rules.AHEAD), (date.min, UUID(int=0))
    while due := await _due(until, last):
        last = due[-1]
        names = await errands.subjects_of([citizen_id for _, citizen_id in due])
        for _, citizen_id in due:
            occasion = Occasion(citizen_id, now, str(uuid4()), WORKER, names.get(citizen_id))
            await _announce(occasion, today, until)
            announced += 1
    return announced


async def _due(until: date, last: tuple[date, UUID]) -> list[tuple[date, UUID]]:
    """List the next who last signed in on a day or before and were not told yet, in the order of these days.

    last: the day and citizen of the last one before them.
    """
    async with pool.connection() as conn:
        return await (await conn.execute(DUE, (until, *last, PART))).fetchall()


async def _announce(occasion: Occasion, today: date, until: date) -> None:
    """Mail one citizen, and note that, in one transaction; without an address or keys it is only noted."""
    citizen_id = occasion.citizen_id
    async with pool.as_citizen(citizen_id, subject=occasion.subject) as conn:
        row = await (await conn.execute(CLAIM, (today, citizen_id, until))).fetchone()
        if row is None or occasion.subject is None:
            return
        emails = await profile.verified_emails_in(conn, citizen_id)
        if not emails:
            return
        nickname = await profile.words_in(conn, citizen_id, KeptKind.NICKNAME) or ""
        content = ProfileGoes(row[0], rules.deletion_day(row[0], today))
        await journalling.note_announced(conn, occasion)
        # An address that mail cannot go to, and keys that are deleted at this moment, count as none.
        with suppress(KeysGone, MessageRefused):
            mail_id = await mail.send(conn, citizen_id, MailMessage(emails[0].address, nickname, content))
            await conn.execute(KEEP_MAIL_ID, (mail_id, citizen_id))
