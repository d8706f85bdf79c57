"""What the sources keep of a citizen, for their own copy: that there are answers, and never the answers themselves.

An answer is a copy of what a body has, and opens with the cookie of its own session alone.
"""

from uuid import UUID

from portal.platform.database import pool
from portal.platform.feature.types import Record

EXPORTED = "kept_answer"
KEPT = "select dataset, kept_at from sources_answer where citizen_id = %s order by kept_at, dataset"


async def export(citizen_id: UUID) -> list[Record]:
    """Give a citizen of which datasets their sessions keep an answer, and since when."""
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(KEPT, (citizen_id,))).fetchall()
    return [Record(EXPORTED, dataset, kept_at) for dataset, kept_at in rows]
