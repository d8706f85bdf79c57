"""The part of a citizen's own copy about kept answers: that there are such, and never the answers themselves.

It names the inquiry of each, in which no person is named. What a session remembers of an inquiry without an answer is
a kind apart, and so is an answer about a child.

An answer is a copy of what a body has, and only the cookie of its own session opens it.
"""

from datetime import datetime
from uuid import UUID

from portal.platform.database import pool
from portal.platform.feature.types import Record

from .traces import record_names
from .traces.record_names import RecordKind, RecordName

ANSWER = "kept_answer"
CHILD = "kept_child_answer"
FAILURE = "kept_failure"
KEPT = "select dataset, kept_at from sources_answer where citizen_id = %s order by kept_at, dataset"


async def export(citizen_id: UUID) -> list[Record]:
    """List the inquiries of which a citizen's sessions keep an answer or a failure, with when they were asked."""
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(KEPT, (citizen_id,))).fetchall()
    return [_record(record_names.read_name(name), kept_at) for name, kept_at in rows]


def _record(name: RecordName, kept_at: datetime) -> Record:
    if name.kind is RecordKind.TROUBLE:
        return Record(FAILURE, name.inquiry, kept_at)
    return Record(CHILD if name.is_about_child else ANSWER, name.inquiry, kept_at)
