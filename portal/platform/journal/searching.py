"""Search a citizen's entries by who, what and when, the newest first, and count them by day (decision 0057).

Each page reads a bounded number of entries, in the order of an index; a search that finds few among them tells how
far it looked. The caller has opened a transaction as the citizen, bound to their journal subject (`pool.as_citizen`).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from portal.platform.kit.unprinted import Unprinted

from . import queries
from .actions import milliseconds
from .queries import REGISTERED
from .types import Access, Activity

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST = 2**63 - 1  # after every moment (ms) and every id
WINDOW = 1000  # entries that one page looks at, when it seeks those about some data only

# The two kinds of entries. PostgreSQL uses the index only for exactly these expressions.
_WHOSE = {"own": "({0}.actor is null)", "others": "({0}.actor is null) is false"}
# Earlier releases wrote the pseudonym; each form of the name has an index of its own.
_NAMES = ("subject", "citizen_id")
# True when an activity `u` of an entry by others is not withheld: not at all, or only from a later moment on.
_IS_SHOWN = """not exists (
    select from unnest(%(withheld)b::bytea[], %(since)b::bigint[]) w (id, since)
    where w.id operator(pg_catalog.=) u.id and {0}.start_ms >= w.since
)"""
# True for an entry with at least one activity that is not withheld.
_SHOWN = f"exists (select from pg_catalog.unnest(a.activities) u (id) where {_IS_SHOWN.format('a')})"
# True for an entry about the sought data: by others, only where that data itself is not withheld.
_ABOUT = "l.activities && %(activities)b::bytea[]"
_ABOUT_SHOWN = f"""exists (
    select from pg_catalog.unnest(l.activities) u (id)
    where u.id operator(pg_catalog.=) any (%(activities)b::bytea[]) and (l.actor is null or {_IS_SHOWN.format("l")})
)"""
# An operation that was written twice counts once: where it was written first.
_BRANCH = """(
select a.id, a.start_ms, a.name, a.actor_kind, a.actor, a.activities, a.trace_id, a.operation_id
from public.journal_entry a
where a.{name} = %({name})s and {whose}
    and a.start_ms >= %(begin)s and a.start_ms < %(end)s
    and (a.start_ms, a.operation_id, a.id) < (%(past_ms)s, %(past_operation)b, %(past_id)s)
    and a.id = (
        select min(d.id) from public.journal_entry d
        where d.{name} = a.{name} and {same} and d.start_ms = a.start_ms and d.operation_id = a.operation_id
    ) and {shown}
order by a.start_ms desc, a.operation_id desc, a.id desc limit %(window)s
)"""
_END = """
select e.id, e.end_ms, e.status, e.outcomes from public.journal_entry e
where e.{0} = %({0})s and (e.actor is null) and e.start_ms is null and e.operation_id = f.operation_id
    and e.trace_id = f.trace_id and e.outcomes is not null
"""
_FOUND = """
with looked as materialized (
    select * from ({branches}) b order by start_ms desc, operation_id desc, id desc limit %(window)s
), reached as (
    select start_ms, operation_id, id, (select count(*) from looked) from looked
    order by start_ms, operation_id, id limit 1
), found as (
    select * from looked l where {wanted} order by start_ms desc, operation_id desc, id desc limit %(most)s
)
select r.*, f.id, f.start_ms, o.end_ms, f.name, f.actor_kind, f.actor, coalesce(o.status, 0), f.activities,
    o.outcomes, f.trace_id, f.operation_id
from reached r left join found f on true
left join lateral (select * from ({ends}) o order by id limit 1) o on true
order by f.start_ms desc, f.operation_id desc, f.id desc
"""
_COUNTED = """
select pg_catalog.width_bucket(l.start_ms, %(edges)b::bigint[]), is_own, count(*) from ({branches}) l group by 1, 2
"""
_OF_KIND = """(
select distinct a.start_ms, a.operation_id, {is_own} as is_own from public.journal_entry a
where a.{name} = %({name})s and {whose} and a.start_ms >= %(begin)s and a.start_ms < %(end)s and {shown}
)"""
_OLDEST = """(
select a.start_ms from public.journal_entry a where a.{name} = %({name})s and {whose} and a.start_ms is not null
    and {shown}
order by a.start_ms limit 1
)"""
# One entry without its end; the row policies show only the citizen's own.
_ONE = """
select a.id, a.start_ms, null::bigint, a.name, a.actor_kind, a.actor, 0::smallint, a.activities, null::text[],
    a.trace_id, a.operation_id
from public.journal_entry a where a.id = %(number)s and a.activities is not null and {shown}
"""
REGISTER = f"select id, {REGISTERED.removeprefix('id, ')} from public.journal_activity"  # noqa: S608 - of constants

type LookKind = Literal["", "own", "others"]


class DataSubject(NamedTuple):
    """The citizen whose entries are searched. subject: their journal subject; None where they have none."""

    citizen_id: UUID
    subject: UUID | None


class EntryPlace(msgspec.Struct, frozen=True):
    """Where an entry stands among those of its citizen, in order of time."""

    start_ms: int
    operation_id: bytes
    id: int


class SoughtEntries(Unprinted, frozen=True):
    """Which entries somebody wants to see.

    kind: their own looks, those of others, or "" for both. activities: ids, of which an entry has at least one; None
    leaves that open. begin, end: from the first moment until before the second (UTC). past: only what comes after it.
    """

    kind: LookKind = ""
    activities: tuple[bytes, ...] | None = None
    begin: datetime | None = None
    end: datetime | None = None
    past: EntryPlace | None = None


class FoundEntries(NamedTuple):
    """A page of accesses, the newest first.

    next: after which entry the next page begins; None at the end. reached: the moment (UTC) at which the search
    stopped before it had found a whole page; None when it did not stop.
    """

    accesses: Sequence[Access]
    next: EntryPlace | None = None
    reached: datetime | None = None


class UseCount(NamedTuple):
    """How many operations there were: the citizen's own, and those of others."""

    own: int = 0
    others: int = 0


# The data of which accesses by others are not shown to the citizen: activity id -> withheld from this moment (UTC)
# on.
type Withheld = Mapping[bytes, datetime]


async def find(
    conn: AsyncConnection[Any],
    whose: DataSubject,
    sought: SoughtEntries,
    *,
    most: int,
    withheld: Withheld | None = None,
) -> FoundEntries:
    """Find at most `most` accesses. Those about data that is withheld from the citizen are not among them."""
    window = most + 1 if sought.activities is None else max(WINDOW, most + 1)
    parameters = _parameters(whose, sought.begin, sought.end, withheld) | {
        "past_ms": sought.past.start_ms if sought.past else LAST,
        "past_operation": sought.past.operation_id if sought.past else b"\xff" * 9,
        "past_id": sought.past.id if sought.past else LAST,
        "activities": list(sought.activities or ()),
        "window": window,
        "most": most + 1,
    }
    kinds = [sought.kind] if sought.kind else [*_WHOSE]
    statement = _statement(tuple(kinds), is_some=sought.activities is not None, is_withheld=bool(withheld))
    rows = await (await conn.execute(statement.encode(), parameters, binary=True)).fetchall()
    if not rows:
        return FoundEntries(())
    # Each row begins with the last entry that was looked at, and how many were.
    start_ms, operation_id, number, looked = rows[0][:4]
    entries = [row[4:] for row in rows if row[4] is not None]
    known = await queries.activities_of(conn, entries)
    accesses = [_without(access, withheld or {}) for access in queries.accesses_of(entries[:most], known)]
    if len(entries) > most:
        return FoundEntries(accesses, place_of(accesses[-1]))
    if looked == window:
        return FoundEntries(accesses, EntryPlace(start_ms, operation_id, number), _moment(start_ms))
    return FoundEntries(accesses)


async def count(
    conn: AsyncConnection[Any], whose: DataSubject, edges: Sequence[datetime], *, withheld: Withheld | None = None
) -> list[UseCount]:
    """Count the operations from each edge until before the next one, all in one statement; edges ascend (UTC)."""
    parameters = _parameters(whose, edges[0], edges[-1], withheld) | {"edges": [milliseconds(edge) for edge in edges]}
    statement = _counting(is_withheld=bool(withheld))
    counts = [UseCount()] * (len(edges) - 1)
    for bucket, is_own, number in await (await conn.execute(statement.encode(), parameters, binary=True)).fetchall():
        so_far = counts[bucket - 1]
        more = {"own": so_far.own + number} if is_own else {"others": so_far.others + number}
        counts[bucket - 1] = so_far._replace(**more)
    return counts


async def oldest_moment(
    conn: AsyncConnection[Any], whose: DataSubject, *, withheld: Withheld | None = None
) -> datetime | None:
    """Tell when the oldest entry was that its citizen may read of (UTC); None where there is none."""
    branches = " union all ".join(
        _OLDEST.format(name=name, whose=_WHOSE[kind].format("a"), shown=_readable(kind, is_withheld=bool(withheld)))
        for name in _NAMES
        for kind in _WHOSE
    )
    statement = f"select min(start_ms) from ({branches}) l"  # noqa: S608 - of constants
    parameters = whose._asdict() | _withheld_parameters(withheld)
    (ms,) = await (await conn.execute(statement.encode(), parameters, binary=True)).fetchone() or (None,)
    return None if ms is None else _moment(ms)


async def read_entry(conn: AsyncConnection[Any], number: int, *, withheld: Withheld | None = None) -> Access | None:
    """Read one entry by its id, without its end; None where it is not the citizen's, or is withheld from them."""
    statement = _ONE.format(shown=f"(a.actor is null or {_SHOWN})" if withheld else "true")
    parameters = {"number": number, **_withheld_parameters(withheld)}
    rows = await (await conn.execute(statement.encode(), parameters, binary=True)).fetchall()
    accesses = queries.accesses_of(rows, await queries.activities_of(conn, rows))
    return _without(accesses[0], withheld or {}) if accesses else None


async def register(conn: AsyncConnection[Any]) -> dict[bytes, Activity]:
    """Read the whole register of processing activities, by id."""
    rows = await (await conn.execute(REGISTER.encode(), binary=True)).fetchall()
    return {row[0]: queries.activity_of(row[1:]) for row in rows}


def place_of(access: Access) -> EntryPlace:
    """Tell where an access stands, for `SoughtEntries.past`."""
    return EntryPlace((access.at - EPOCH) // timedelta(milliseconds=1), access.operation_id, access.id)


def _statement(kinds: Sequence[str], *, is_some: bool, is_withheld: bool) -> str:
    branches = " union all ".join(
        _BRANCH.format(
            name=name,
            whose=_WHOSE[kind].format("a"),
            same=_WHOSE[kind].format("d"),
            shown=_readable(kind, is_withheld=is_withheld),
        )
        for name in _NAMES
        for kind in kinds
    )
    about = _ABOUT_SHOWN if is_withheld else _ABOUT
    wanted = about if is_some else "true"
    ends = " union all ".join(_END.format(name) for name in _NAMES)
    return _FOUND.format(branches=branches, wanted=wanted, ends=ends)


def _readable(kind: str, *, is_withheld: bool) -> str:
    """Write the SQL condition for entries of a kind that their citizen may read: every one of their own."""
    return _SHOWN if is_withheld and kind == "others" else "true"


def _counting(*, is_withheld: bool) -> str:
    branches = " union all ".join(
        _OF_KIND.format(
            name=name,
            whose=whose_.format("a"),
            is_own=str(kind == "own").lower(),
            shown=_readable(kind, is_withheld=is_withheld),
        )
        for name in _NAMES
        for kind, whose_ in _WHOSE.items()
    )
    return _COUNTED.format(branches=branches)


def _parameters(
    whose: DataSubject, begin: datetime | None, end: datetime | None, withheld: Withheld | None
) -> dict[str, object]:
    return {
        "subject": whose.subject,
        "citizen_id": whose.citizen_id,
        "begin": milliseconds(begin) if begin else 0,
        "end": milliseconds(end) if end else LAST,
        **_withheld_parameters(withheld),
    }


def _withheld_parameters(withheld: Withheld | None) -> dict[str, object]:
    return {
        "withheld": [*(withheld or ())],
        "since": [milliseconds(since) for since in (withheld or {}).values()],
    }


def _without(access: Access, withheld: Withheld) -> Access:
    """Leave the withheld data out of an access by others."""
    if access.actor.name is None or not withheld:
        return access
    shown = tuple(
        use for use in access.uses if use.activity.id not in withheld or access.at < withheld[use.activity.id]
    )
    return msgspec.structs.replace(access, uses=shown)


def _moment(ms: int) -> datetime:
    return EPOCH + timedelta(milliseconds=ms)
