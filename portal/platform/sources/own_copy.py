"""The part of a citizen's own copy about kept answers: that there are such, and never the answers themselves.

An answer is a copy of what a body has, and only the cookie of its own session opens it.
"""

from uuid import UUID

from portal.platform.database import pool
from portal.platform.feature.types import Record

EXPORTED = "kept_answer"
KEPT = "select dataset, kept_at from sources_answer where citizen_id = %s order by kept_at, dataset"


async def export(citizen_id: UUID) -> list[Record]:
    """List the datasets of which a citizen's sessions keep an answer, with the moments since when."""
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(KEPT, (citizen_id,))).fetchall()
    return [Record(EXPORTED, dataset, kept_at) for dataset, kept_at in rows]
