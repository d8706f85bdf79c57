"""Read whether a citizen linked their eBox, and give them a copy of all that the mailbox keeps of them.

A link whose row cannot be decrypted counts as no link: nothing is asked of a provider because of it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.urls import reverse
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.feature.types import GivenConsent, Record
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens
from portal.platform.keys.errors import CannotOpen, KeysGone

from . import announcements, journalling, rules
from .arranged import folders
from .copies import consent as archive
from .copies import reading
from .payments import paid
from .reminders import storage
from .types import EboxLink, LinkStanding

ONE = "select sealed, consent, since from mailbox_link where citizen_id = %s"
STANDING = """
select l.sealed, l.consent, l.since, u.due_at from (select %s::uuid) asked(citizen_id)
left join mailbox_link l using (citizen_id) left join mailbox_untold u using (citizen_id)
"""
CONSENTS = """
select 'ebox_link' as kind, since from mailbox_link where citizen_id = %(citizen)s
union all select 'ebox_archive', since from mailbox_archive where citizen_id = %(citizen)s
order by since
"""
BOX = "select 1 from mailbox_box where citizen_id = %s"
EVENTS = "select at from mailbox_event where citizen_id = %s order by at"
EXPORTED, EXPORTED_BOX, EXPORTED_EVENT = "ebox_link", "ebox_box", "ebox_event"

_email_id = msgspec.json.Decoder(UUID)


async def is_linked(citizen_id: UUID) -> bool:
    """Tell whether a citizen's eBox is linked; read from the database each time, so a withdrawal holds at once."""
    async with pool.as_citizen(citizen_id) as conn:
        return await link_in(conn, citizen_id) is not None


async def standing(citizen_id: UUID) -> LinkStanding:
    """Read a citizen's link, and whether the federation knows of its latest change. It is not journalled."""
    async with pool.as_citizen(citizen_id) as conn:
        return await _standing(conn, citizen_id)


async def look_at_standing(occasion: Occasion) -> LinkStanding:
    """Read the same to show it to the citizen; where there is a link, the journal notes that."""
    async with pool.as_citizen(occasion.citizen_id) as conn:
        link_standing = await _standing(conn, occasion.citizen_id)
        if link_standing.link is not None:
            await journalling.note(conn, journalling.LOOK, occasion)
    return link_standing


async def link_in(conn: AsyncConnection[Any], citizen_id: UUID) -> EboxLink | None:
    """Read a citizen's link in the caller's transaction; None for none, or one that cannot be decrypted."""
    row = await (await conn.execute(ONE, (citizen_id,))).fetchone()
    return await _open(citizen_id, *row) if row else None


async def export(citizen_id: UUID) -> Sequence[Record]:
    """Give a citizen their link, that their box is followed, the events in it, and all that they keep here."""
    async with pool.as_citizen(citizen_id) as conn:
        row = await (await conn.execute(ONE, (citizen_id,))).fetchone()
        boxes = await (await conn.execute(BOX, (citizen_id,))).fetchall()
        events = await (await conn.execute(EVENTS, (citizen_id,))).fetchall()
    records: list[Record] = []
    if row is not None:
        _sealed, consent, since = row
        is_whole = await _open(citizen_id, *row) is not None
        records.append(Record(EXPORTED, "gekoppeld" if is_whole else None, since, consent))
        # A box holds the national number, which the citizen knows; it is sealed for the worker alone.
        records += [Record(EXPORTED_BOX, "uw rijksregisternummer, verzegeld", since) for _ in boxes]
    records += [Record(EXPORTED_EVENT, None, at) for (at,) in events]
    for room in (paid, announcements, storage, folders, archive, reading):
        records += await room.export(citizen_id)
    return records


async def consents(citizen_id: UUID) -> Sequence[GivenConsent]:
    """List a citizen's consents here (link and archive), with the page where each is withdrawn.

    Nothing is decrypted.
    """
    where = {EXPORTED: reverse("mailbox:withdraw"), archive.EXPORTED: reverse("mailbox:archive_end")}
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(CONSENTS, {"citizen": citizen_id})).fetchall()
    return [GivenConsent(kind, since, where[kind]) for kind, since in rows]


async def _standing(conn: AsyncConnection[Any], citizen_id: UUID) -> LinkStanding:
    # Of an outer join: the columns of the link are null where there is only an announcement.
    *row, announce_at = await (await conn.execute(STANDING, (citizen_id,))).fetchone() or (None, None, None, None)
    return LinkStanding(await _open(citizen_id, *row) if row[0] is not None else None, announce_at)


async def _open(citizen_id: UUID, sealed: bytes, consent: str, since: datetime) -> EboxLink | None:
    try:
        opened = (await citizens.mail_box(citizen_id)).open(sealed, rules.binding(consent, since))
        return EboxLink(consent, since, _email_id.decode(opened))
    except (KeysGone, CannotOpen, msgspec.DecodeError):
        return None
