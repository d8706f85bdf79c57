"""All accesses to the data of a citizen, as the journal has them: also those that are withheld from the citizen."""

from uuid import UUID

from portal.platform.database import pool
from portal.platform.journal.queries import accesses_of, activities_of
from portal.platform.journal.types import Access
from portal.platform.keys import subjects

# An operation that was written twice, after a lost connection, counts once: where it was written first. The two lines
# are always of one kind, by the citizen (without an actor) or by another, so only one of both subqueries finds any.
_ENTRIES = """(
select a.id, a.start_ms, o.end_ms, a.name, a.actor_kind, a.actor, coalesce(o.status, 0), a.activities, o.outcomes,
    a.trace_id, a.operation_id
from public.journal_entry a
left join lateral (
    select e.end_ms, e.status, e.outcomes from public.journal_entry e
    where e.{0} = a.{0} and e.operation_id = a.operation_id and e.trace_id = a.trace_id and e.outcomes is not null
    order by e.id limit 1
) o on true
where a.{0} = %({0})s and a.activities is not null and a.id < %(before)s and a.id = coalesce(
    (select min(d.id) from public.journal_entry d where d.{0} = a.{0} and d.actor_kind = 'citizen'
        and d.start_ms = a.start_ms and d.operation_id = a.operation_id),
    (select min(d.id) from public.journal_entry d where d.{0} = a.{0} and d.actor is not null
        and d.start_ms = a.start_ms and d.operation_id = a.operation_id)
)
order by a.id desc limit %(most)s
)"""
# Earlier releases wrote the pseudonym; each form of the name has an index of its own.
ENTRIES = f"""
{_ENTRIES.format("subject")} union all {_ENTRIES.format("citizen_id")} order by 1 desc limit %(most)s
"""
LAST = 2**63 - 1


async def entries_of(citizen_id: UUID, *, before: int = LAST, most: int = 100) -> list[Access]:
    """List the accesses to a citizen's data, the newest first, at most `most`.

    before: the id of the last access of the previous page; only earlier ones are listed.
    """
    subject = await subjects.find(citizen_id)
    parameters = {"subject": subject, "citizen_id": citizen_id, "before": before, "most": most}
    async with pool.as_citizen(citizen_id, subject=subject) as conn:
        cursor = await conn.execute(ENTRIES.encode(), parameters, binary=True)
        rows = await cursor.fetchall()
        return accesses_of(rows, await activities_of(conn, rows))
