"""What was erased from the journal according to its own entries: any other gap is damage."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
from psycopg import AsyncConnection

from .findings import Finding, FindingKind

ERASED = """
select e.id, e.actor_kind, e.actor, e.erased, coalesce(a.purpose, '-'), coalesce(a.legal_basis, '-')
from public.journal_entry e left join public.journal_activity a on a.id = e.activities[1]
where e.erased is not null order by e.id
"""
# The portal can write entries of any name; only those that `journal_erase` wrote list what it deleted.
EMPTY = """
select e.id from public.journal_entry e where e.name = 'erase from the journal' and e.erased is null order by e.id
"""
BACK = "select e.id from public.journal_entry e where e.id = any(%s) order by e.id"
# A salt that stayed when its entry was erased, or one inserted for an entry that is not sealed.
SALTS_OF_NOTHING = """
select s.entry_id from public.journal_salt s
left join (select unnest(entry_ids) as id from public.journal_batch) sealed on sealed.id = s.entry_id
where sealed.id is null or s.entry_id = any(%s) order by s.entry_id
"""


class Erasures(msgspec.Struct, frozen=True):
    """The ids of all entries that were erased, and what is to be said of that.

    findings: one for each erasure, each entry that says it erased but not what, and each erased entry still there.
    """

    ids: frozenset[int]
    findings: list[Finding]


async def read(conn: AsyncConnection[Any]) -> Erasures:
    """Read which entries were erased according to the journal, and check that these are gone."""
    ids: set[int] = set()
    findings: list[Finding] = []
    for entry, kind, actor, erased, purpose, ground in await (await conn.execute(ERASED)).fetchall():
        ids.update(erased)
        text = f"{len(erased)} entries, by entry {entry}; {actor or kind}: {purpose} {ground}"
        findings.append(Finding(FindingKind.ERASED, text, entry))
    for (entry,) in await (await conn.execute(EMPTY)).fetchall():
        findings.append(Finding(FindingKind.ERASED_NOTHING, f"entry {entry}", entry))
    for (entry,) in await (await conn.execute(BACK, (list(ids),))).fetchall():
        findings.append(Finding(FindingKind.ENTRY_BACK, f"entry {entry}", entry))
    return Erasures(frozenset(ids), findings)


async def salts_of_nothing(conn: AsyncConnection[Any], gone: Erasures) -> AsyncIterator[Finding]:
    """Find the salts that belong to no sealed entry: with the salt of an erased entry its content can be guessed."""
    for (entry,) in await (await conn.execute(SALTS_OF_NOTHING, (list(gone.ids),))).fetchall():
        yield Finding(FindingKind.SALT_INSERTED, f"of entry {entry}", entry)
