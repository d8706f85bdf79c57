"""Read who used a citizen's data: a page of it, a year in numbers, one entry, or all of it.

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
MOST_AT_ONCE = 500  # that are read together when all are wanted


class UsagePage(NamedTuple):
    """What a page shows.

    oldest: when the oldest entry was that its citizen may read of (UTC). register: all that the journal knows to be
    done with data, by id.
    """

    found: FoundEntries
    oldest: datetime | None
    register: Mapping[bytes, Activity]


class UsageYear(NamedTuple):
    """How often data was used between the edges of days, and when the oldest entry was (UTC)."""

    counts: Sequence[UseCount]
    oldest: datetime | None


class _Looking(NamedTuple):
    """A transaction in which somebody's look is journalled, and what it may show."""

    conn: AsyncConnection[Any]
    whose: DataSubject
    register: Mapping[bytes, Activity]
    withheld: Withheld


async def page(request: SignedInRequest, sought: SoughtUses) -> UsagePage:
    """Journal the look and read what is sought."""
    async with _looking(request) as (conn, whose, register, withheld):
        wanted = seeking.entries_of(sought, register)
        found = await searching.find(conn, whose, wanted, most=MOST, withheld=withheld)
        return UsagePage(found, await searching.oldest_moment(conn, whose, withheld=withheld), register)


async def year(request: SignedInRequest, edges: Sequence[datetime]) -> UsageYear:
    """Journal the look and count operations from each edge until before the next one."""
    async with _looking(request) as (conn, whose, _, withheld):
        counts = await searching.count(conn, whose, edges, withheld=withheld)
        return UsageYear(counts, await searching.oldest_moment(conn, whose, withheld=withheld))


@asynccontextmanager
async def _looking(request: SignedInRequest) -> AsyncIterator[_Looking]:
    occasion, session = request.occasion, request.session
    subject = session.journal_subject or await subjects.of(session.citizen_id)
    async with pool.as_citizen(session.citizen_id, subject=subject) as conn:
        await journalling.note_look(conn, replace(occasion, subject=subject))
        register = await searching.register(conn)
        whose = DataSubject(session.citizen_id, subject)
        yield _Looking(conn, whose, register, withholding.withheld(register, occasion.now))


async def all_accesses(citizen_id: UUID, now: datetime) -> AsyncIterator[Access]:
    """Give all accesses to a citizen's data that they may read of, the newest first; each page in a transaction."""
    subject = await subjects.find(citizen_id)
    sought: SoughtEntries | None = SoughtEntries()
    while sought is not None:
        async with pool.as_citizen(citizen_id, subject=subject) as conn:
            withheld = withholding.withheld(await searching.register(conn), now)
            whose = DataSubject(citizen_id, subject)
            found = await searching.find(conn, whose, sought, most=MOST_AT_ONCE, withheld=withheld)
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
        withheld = withholding.withheld(await searching.register(conn), request.occasion.now)
        access = await searching.read_entry(conn, number, withheld=withheld)
    return access is not None and references.reference_of(access) == reference
