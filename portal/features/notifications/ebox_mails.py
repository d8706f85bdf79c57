"""The mails about documents of the eBox, as far as is known of each: for who asks why they get them.

To which address one went is not kept, nor whether anybody read it: that it was handed to the mail server is all that
is known.
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

MOST = 200  # mails about one document each

# Those of a mail of the day were settled in one statement, at one moment.
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
    """A mail about documents of the eBox. Never printed.

    state, why: as in `notifications_delivery`; at: when that came about (UTC), or when it is to go. is_of_day: it is
    the mail of a day, with all of that day. documents: those it is about, None for one that does not open any more.
    """

    state: str
    why: str | None
    at: datetime
    is_of_day: bool
    documents: tuple[EboxDocument | None, ...]


class MailsAboutEbox(Unprinted, frozen=True):
    """The newest mails about the eBox, the newest first. has_older: there are more than these."""

    newest: tuple[MailAboutEbox, ...]
    has_older: bool


async def look_at_mails_about_ebox(occasion: Occasion) -> MailsAboutEbox:
    """Read the newest of them, to be shown to their citizen, as the journal then says."""
    async with pool.as_citizen(occasion.citizen_id) as conn:
        rows = await (await conn.execute(ALL, (occasion.citizen_id, EBOX, MOST + 1))).fetchall()
        has_older = len(rows) > MOST
        if has_older:
            rows = _without_begun(rows)
        if rows:
            await journalling.note_look(conn, [EBOX], occasion)
    opener = await arrivals.opener(occasion.citizen_id, [bytes(row[1]) for row in rows])
    found: list[MailAboutEbox] = []
    for (state, why, due_at, at), of_one in groupby(rows, lambda row: row[2:]):
        documents = [_document(opener, row) for row in of_one]
        if due_at is not None:
            found.append(MailAboutEbox(state, why, at, True, tuple(documents)))
        else:
            found += [MailAboutEbox(state, why, at, False, (one,)) for one in documents]
    return MailsAboutEbox(tuple(found), has_older)


def _without_begun(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Leave out the last row of more than fit, and with it a mail of the day of which others may be missing."""
    *whole, last = rows
    is_of_day = last[4] is not None
    shown = [row for row in whole if not (is_of_day and row[2:] == last[2:])]
    return shown or whole


def _document(opener: arrivals.Opener, row: tuple[Any, ...]) -> EboxDocument | None:
    notice = content_of(opener, bytes(row[1]), rules.binding(row[0]), _notice.decode)
    return notice.document if notice else None
