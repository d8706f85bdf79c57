"""Read notices for their citizen: the list of threads, one thread, and a copy of all."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from portal.platform.database import pool
from portal.platform.feature.types import Record
from portal.platform.journal.types import Occasion
from portal.platform.keys import arrivals
from portal.platform.keys.arrivals import Opener
from portal.platform.keys.boxes import content_of

from . import journalling, preferences, rules
from .ebox_mails import MailAboutEbox as MailAboutEbox
from .ebox_mails import MailsAboutEbox as MailsAboutEbox
from .ebox_mails import look_at_mails_about_ebox as look_at_mails_about_ebox
from .preferences import look_at_ebox_mail as look_at_ebox_mail
from .types import History, ListedNotice, ListTop, Notice, NoticeMail, Position, Thread, ThreadPage

THREADS_A_PAGE = 25
NOTICES_A_PAGE = 50
MAILS_A_PAGE = 10

_THREAD = """
t.thread, t.is_unread, t.is_archived,
not t.is_archived and t.loud_at is not null
    and (t.listed_at is null or (t.loud_at, t.loud_number) > (t.listed_at, t.listed_number))
"""
_NOTICE = "n.id, n.body, n.changed_at, n.number, n.arrived_at, n.is_silent, n.sealed"
_LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"
# S608: the statements consist of constants of this module.
# The subquery limits the threads before the join: without it, PostgreSQL reads all notices of the citizen.
THREADS = f"""
select {_THREAD}, {_NOTICE},
    (select exists (select from notifications_notice w where w.citizen_id = %(citizen)s and w.is_waiting)) as waiting
from (
    select * from notifications_thread t where t.citizen_id = %(citizen)s and t.is_archived = %(archived)s
        and (t.newest_at, t.thread) < (
            coalesce(%(at)s::timestamptz, 'infinity'), coalesce(%(thread)s::uuid, '{_LAST}')
        )
    order by t.newest_at desc, t.thread desc limit {THREADS_A_PAGE + 1}
) t join notifications_notice n on n.citizen_id = t.citizen_id and n.thread = t.thread
    and n.changed_at = t.newest_at and n.number = t.newest_number
order by t.newest_at desc, t.thread desc
"""  # noqa: S608 - of constants
# One statement, so that the newest notice and the older ones are read at the same moment.
HISTORY = f"""
select n.is_newest, {_THREAD}, {_NOTICE} from notifications_thread t cross join lateral (
    (
        select true as is_newest, n.* from notifications_notice n where n.citizen_id = t.citizen_id
            and n.thread = t.thread and n.changed_at = t.newest_at and n.number = t.newest_number
    ) union all (
        select false, n.* from notifications_notice n where n.citizen_id = t.citizen_id and n.thread = t.thread
            and (n.changed_at, n.number) < (
                coalesce(%(at)s::timestamptz, 'infinity'), coalesce(%(number)s::integer, 2147483647)
            )
        order by n.changed_at desc, n.number desc limit {NOTICES_A_PAGE + 1}
    )
) n
where t.citizen_id = %(citizen)s and t.thread = %(thread)s
order by n.is_newest desc, n.changed_at desc, n.number desc
"""  # noqa: S608 - of constants
# An unread thread is never archived; saying so lets PostgreSQL use the index of the list, in its order.
UNREAD = f"""
select {_THREAD}, {_NOTICE} from (
    select * from notifications_thread t where t.citizen_id = %s and not t.is_archived and t.is_unread
    order by t.newest_at desc, t.thread desc limit %s
) t join notifications_notice n on n.citizen_id = t.citizen_id and n.thread = t.thread
    and n.changed_at = t.newest_at and n.number = t.newest_number
order by t.newest_at desc, t.thread desc
"""  # noqa: S608 - of constants
TOP = f"""
select t.thread, t.newest_at, t.newest_number, {_THREAD} from notifications_thread t
where t.citizen_id = %s and not t.is_archived order by t.newest_at desc, t.thread desc limit %s
"""  # noqa: S608 - of constants
EVERY = f"select {_NOTICE} from notifications_notice n where n.citizen_id = %s order by n.arrived_at, n.id"  # noqa: S608 - of constants
EVERY_THREAD = """
select newest_at, thread, body, opened_at, listed_at, archived_at, is_archived, is_unread, is_marked_unread, arrivals,
    loud_at
from notifications_thread where citizen_id = %s order by newest_at, thread
"""
MAILS = """
select d.state, d.why, d.settled_at from notifications_delivery d
where d.notice_id = any(%(notices)s) and d.citizen_id = %(citizen)s
    and (d.state in ('sent', 'failed') or d.why = 'address gone')
order by d.settled_at desc, d.id limit %(mails)s
"""
# By notice, for which deliveries have an index; they have none for the citizen.
EVERY_MAIL = """
select d.state, d.why, d.put_at, d.due_at, d.settled_at
from notifications_notice n cross join lateral (
    select d.id, d.state, d.why, d.put_at, d.due_at, d.settled_at from notifications_delivery d
    where d.notice_id = n.id and d.citizen_id = n.citizen_id offset 0
) d
where n.citizen_id = %s order by d.put_at, d.id
"""
# Threads are locked in the order that receiving and sweeping use, so that none deadlock.
LISTED = """
update notifications_thread t set (listed_at, listed_number) = (seen.at, seen.number)
from (
    select t.thread, seen.at, seen.number
    from unnest(%(threads)s::uuid[], %(ats)s::timestamptz[], %(numbers)s::integer[]) seen(thread, at, number)
    join notifications_thread t on t.citizen_id = %(citizen)s and t.thread = seen.thread
    order by t.thread for update of t
) seen
where t.citizen_id = %(citizen)s and t.thread = seen.thread
    and (t.listed_at is null or (t.listed_at, t.listed_number) < (seen.at, seen.number))
"""

_notice = msgspec.json.Decoder(Notice)


async def look_at_threads(occasion: Occasion, place: str = "", *, is_archived: bool = False) -> ThreadPage:
    """Read a page of a citizen's threads to show it, and journal that. place: `ThreadPage.next` of the page before.

    Threads outside the archive are marked as seen in the list.
    """
    where = rules.read_place(place) if place else None
    given = {
        "citizen": occasion.citizen_id,
        "archived": is_archived,
        "at": where[0].at if where else None,
        "thread": where[1] if where else None,
    }
    async with pool.as_citizen(occasion.citizen_id, subject=occasion.subject) as conn:
        rows = await (await conn.execute(THREADS, given)).fetchall()
        has_waiting = any(row[-1] for row in rows)
        shown = [row[:-1] for row in rows[:THREADS_A_PAGE]]
        if shown:
            await journalling.note_look(conn, (row[5] for row in shown), occasion)
            seen = [row for row in shown if row[3]]
            if seen:
                await conn.execute(LISTED, _shown_places(occasion.citizen_id, seen))
    threads = await _threads(occasion.citizen_id, shown)
    more = len(rows) > THREADS_A_PAGE
    next_place = rules.write_position(threads[-1].newest.position, threads[-1].id) if more else ""
    return ThreadPage(tuple(threads), next_place, has_waiting)


async def look_at_unread(occasion: Occasion, most: int) -> list[Thread]:
    """Read the newest unread threads of a citizen, at most `most`, to name them on a page, and journal that.

    They stay unread, and new in the list.
    """
    async with pool.as_citizen(occasion.citizen_id, subject=occasion.subject) as conn:
        rows = await (await conn.execute(UNREAD, (occasion.citizen_id, most))).fetchall()
        await journalling.note_look(conn, (row[5] for row in rows), occasion)
    return await _threads(occasion.citizen_id, rows)


async def top_of_list(citizen_id: UUID) -> ListTop:
    """Read the state of the first page of a citizen's list. No notice is decrypted."""
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(TOP, (citizen_id, THREADS_A_PAGE))).fetchall()
    state = rules.state_of((row[0], Position(row[1], row[2]), row[4]) for row in rows)
    return ListTop(state, sum(row[-1] for row in rows))


async def look_at_thread(occasion: Occasion, thread: UUID, place: str = "") -> History | None:
    """Read a thread with a page of its notices to show it, and journal that; None for no thread of the citizen.

    place: `History.next` of the page before. The thread stays unread until `actions.note_opening`.
    """
    where = rules.read_place(place) if place else None
    given = {
        "citizen": occasion.citizen_id,
        "thread": thread,
        "at": where[0].at if where else None,
        "number": where[0].number if where else None,
        "mails": MAILS_A_PAGE,
    }
    async with pool.as_citizen(occasion.citizen_id, subject=occasion.subject) as conn:
        every = [row[1:] for row in await (await conn.execute(HISTORY, given)).fetchall()]
        if not every:
            return None
        found, rows = every[0], [row[4:] for row in every[1:]]
        shown = rows[:NOTICES_A_PAGE]
        mails = await (await conn.execute(MAILS, given | {"notices": [row[0] for row in shown]})).fetchall()
        await journalling.note_look(conn, [found[5]], occasion)
    opener = await arrivals.opener(occasion.citizen_id, [bytes(row[-1]) for row in (found[4:], *shown)])
    notices = tuple(_entry(opener, row) for row in shown)
    more = len(rows) > NOTICES_A_PAGE
    next_place = rules.write_position(notices[-1].position, thread) if more else ""
    return History(_thread(opener, found), notices, next_place, tuple(NoticeMail(*row) for row in mails))


async def export(citizen_id: UUID) -> list[Record]:
    """Give a citizen all notices, threads and mails that are kept, and their preferences."""
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(EVERY, (citizen_id,))).fetchall()
        mails = await (await conn.execute(EVERY_MAIL, (citizen_id,))).fetchall()
        threads = await (await conn.execute(EVERY_THREAD, (citizen_id,))).fetchall()
    opener = await arrivals.opener(citizen_id, [bytes(row[-1]) for row in rows])
    every = [_entry(opener, row) for row in rows]
    names = ("state", "why", "put_at", "due_at", "settled_at")
    read = ("thread", "body", "opened_at", "listed_at", "archived_at", "is_archived", "is_unread", "is_marked_unread")
    of_thread = (*read, "arrivals", "loud_at")
    return [
        *(Record("notice", msgspec.to_builtins(one), one.arrived_at) for one in every),
        *(Record("mail", msgspec.to_builtins(dict(zip(names, one, strict=True))), one[2]) for one in mails),
        *(
            Record("thread", msgspec.to_builtins(dict(zip(of_thread, one[1:], strict=True))), one[0])
            for one in threads
        ),
        *await preferences.export(citizen_id),
    ]


async def _threads(citizen_id: UUID, rows: Sequence[tuple[Any, ...]]) -> list[Thread]:
    opener = await arrivals.opener(citizen_id, [bytes(row[-1]) for row in rows])
    return [_thread(opener, row) for row in rows]


def _shown_places(citizen_id: UUID, rows: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    """Give the parameters of LISTED: each shown thread with its position then, since later notices were not seen."""
    return {
        "citizen": citizen_id,
        "threads": [row[0] for row in rows],
        "ats": [row[6] for row in rows],
        "numbers": [row[7] for row in rows],
    }


def _thread(opener: Opener, row: tuple[Any, ...]) -> Thread:
    thread, is_unread, is_archived, is_new = row[:4]
    return Thread(thread, _entry(opener, row[4:]), is_unread, is_new, is_archived)


def _entry(opener: Opener, row: tuple[Any, ...]) -> ListedNotice:
    notice_id, body, changed_at, number, arrived_at, is_silent, sealed = row
    # A notice that cannot be decrypted is still listed, with its body and moment.
    notice = content_of(opener, bytes(sealed), rules.binding(notice_id), _notice.decode)
    return ListedNotice(body, Position(changed_at, number), arrived_at, is_silent, notice)
