"""Read which mails about documents of the eBox a citizen was sent, for the page that shows them.

It is known that a mail was handed to the mail server; to which address, and whether it was read, is not kept.
"""

from datetime import datetime
from itertools import groupby
from typing import Any

import msgspec

from portal.platform.database import pool
from portal.platform.journal.types import Occasion
from portal.platform.keys import arrivals
from portal.platform.keys.boxes import content_of
from portal.platform.kit.unprinted import Unprinted

from . import journalling, rules
from .types import EBOX, EboxDocument, Notice

MOST = 200  # rows that are read, of one document each

# All rows of one mail of the day have the same `at`, since one statement settled them.
ALL = """
select n.id, n.sealed, d.state, d.why, d.due_at, coalesce(d.settled_at, d.due_at, d.put_at) as at
from notifications_notice n cross join lateral (
    select d.id, d.state, d.why, d.put_at, d.due_at, d.settled_at from notifications_delivery d
    where d.notice_id = n.id and d.citizen_id = n.citizen_id offset 0
) d
where n.citizen_id = %s and n.body = %s
    and (d.state in ('pending', 'digest', 'sent', 'failed') or d.why = 'address gone')
order by at desc, d.due_at, d.state, d.why, d.id limit %s
"""

_notice = msgspec.json.Decoder(Notice)


class MailAboutEbox(Unprinted, frozen=True):
    """A mail about documents of the eBox.

    state, why: as in `notifications_delivery`. at: when it was settled, or is due (UTC). is_of_day: it is a mail of
    the day. documents: those that it is about, None for one that cannot be decrypted.
    """

    state: str
    why: str | None
    at: datetime
    is_of_day: bool
    documents: tuple[EboxDocument | None, ...]


class MailsAboutEbox(Unprinted, frozen=True):
    """The newest mails about a citizen's eBox, the newest first. has_older: there are older ones."""

    newest: tuple[MailAboutEbox, ...]
    has_older: bool


async def look_at_mails_about_ebox(occasion: Occasion) -> MailsAboutEbox:
    """Read the newest mails about a citizen's eBox to show them, and journal that."""
    async with pool.as_citizen(occasion.citizen_id) as conn:
        rows = await (await conn.execute(ALL, (occasion.citizen_id, EBOX, MOST + 1))).fetchall()
        has_older = len(rows) > MOST
        if has_older:
            rows = _without_partial(rows)
        if rows:
            await journalling.note_look(conn, [EBOX], occasion)
    opener = await arrivals.opener(occasion.citizen_id, [bytes(row[1]) for row in rows])
    mails: list[MailAboutEbox] = []
    for (state, why, due_at, at), of_one in groupby(rows, lambda row: row[2:]):
        documents = [_document(opener, row) for row in of_one]
        if due_at is not None:
            mails.append(MailAboutEbox(state, why, at, True, tuple(documents)))
        else:
            mails += [MailAboutEbox(state, why, at, False, (one,)) for one in documents]
    return MailsAboutEbox(tuple(mails), has_older)


def _without_partial(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Leave out the last row, which is one too many, with its mail of the day, of which rows may be missing."""
    *whole, last = rows
    is_of_day = last[4] is not None
    shown = [row for row in whole if not (is_of_day and row[2:] == last[2:])]
    return shown or whole


def _document(opener: arrivals.Opener, row: tuple[Any, ...]) -> EboxDocument | None:
    notice = content_of(opener, bytes(row[1]), rules.binding(row[0]), _notice.decode)
    return notice.document if notice else None
