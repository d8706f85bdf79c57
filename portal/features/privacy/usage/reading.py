"""Read who used a citizen's data: a page of accesses, a year in numbers, or all accesses.

A page is one transaction: the look is journalled, then what is shown is read.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from msgspec.structs import replace
from psycopg import AsyncConnection

from portal.platform.access.types import SignedInRequest
from portal.platform.database import pool
from portal.platform.journal import searching
from portal.platform.journal.searching import DataSubject, FoundEntries, SoughtEntries, UseCount, Withheld
from portal.platform.journal.types import Access, Activity
from portal.platform.keys import subjects

from . import journalling, references, seeking, withholding
from .seeking import SoughtUses

MOST = 100  # operations on a page
MOST_AT_ONCE = 500  # operations in one transaction when all are read


class UsagePage(NamedTuple):
    """What a page shows.

    oldest: the moment (UTC) of the oldest entry that its citizen may read. register: the journal's activities by id.
    """

    found: FoundEntries
    oldest: datetime | None
    register: Mapping[bytes, Activity]


class UsageYear(NamedTuple):
    """How often data was used on each day, and the moment (UTC) of the oldest entry that its citizen may read."""

    counts: Sequence[UseCount]
    oldest: datetime | None


class _Looking(NamedTuple):
    """A transaction in which a citizen's look is journalled, with what limits what it may read."""

    conn: AsyncConnection[Any]
    data_subject: DataSubject
    register: Mapping[bytes, Activity]
    withheld: Withheld


async def page(request: SignedInRequest, sought: SoughtUses) -> UsagePage:
    """Journal the look, and read a page of the accesses that are sought."""
    async with _looking(request) as (conn, data_subject, register, withheld):
        wanted = seeking.entries_of(sought, register)
        found = await searching.find(conn, data_subject, wanted, most=MOST, withheld=withheld)
        return UsagePage(found, await searching.oldest_moment(conn, data_subject, withheld=withheld), register)


async def year(request: SignedInRequest, edges: Sequence[datetime]) -> UsageYear:
    """Journal the look, and count operations from each edge until before the next one."""
    async with _looking(request) as (conn, data_subject, _, withheld):
        counts = await searching.count(conn, data_subject, edges, withheld=withheld)
        return UsageYear(counts, await searching.oldest_moment(conn, data_subject, withheld=withheld))


@asynccontextmanager
async def _looking(request: SignedInRequest) -> AsyncIterator[_Looking]:
    occasion, session = request.occasion, request.session
    subject = session.journal_subject or await subjects.of(session.citizen_id)
    async with pool.as_citizen(session.citizen_id, subject=subject) as conn:
        await journalling.note_look(conn, replace(occasion, subject=subject))
        register = await searching.register(conn)
        data_subject = DataSubject(session.citizen_id, subject)
        yield _Looking(conn, data_subject, register, withholding.withheld_activities(register, occasion.now))


async def all_accesses(citizen_id: UUID, now: datetime) -> AsyncIterator[Access]:
    """Give all accesses to a citizen's data that they may read of, the newest first.

    Each MOST_AT_ONCE are read in a transaction of their own; the caller journals the look.
    """
    subject = await subjects.find(citizen_id)
    sought: SoughtEntries | None = SoughtEntries()
    while sought is not None:
        async with pool.as_citizen(citizen_id, subject=subject) as conn:
            withheld = withholding.withheld_activities(await searching.register(conn), now)
            data_subject = DataSubject(citizen_id, subject)
            found = await searching.find(conn, data_subject, sought, most=MOST_AT_ONCE, withheld=withheld)
        for access in found.accesses:
            yield access
        sought = SoughtEntries(past=found.next) if found.next else None


async def is_theirs(request: SignedInRequest, reference: str) -> bool:
    """Tell whether a reference names an entry about whoever is signed in, which they may read of."""
    number = references.entry_id(reference)
    if number is None:
        return False
    session = request.session
    subject = session.journal_subject or await subjects.find(session.citizen_id)
    async with pool.as_citizen(session.citizen_id, subject=subject) as conn:
        withheld = withholding.withheld_activities(await searching.register(conn), request.occasion.now)
        access = await searching.read_entry(conn, number, withheld=withheld)
    return access is not None and references.reference_of(access) == reference
