"""Read permits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.platform.database import pool
from portal.platform.feature.types import Line, Record

OF = "select plate, is_marked, at from parking_permit where citizen_id = %s order by at"


async def permits_of(citizen_id: UUID) -> list[tuple[str, bool, datetime]]:
    """List a citizen's permits: plate, whether it is marked, since when."""
    async with pool.as_citizen(citizen_id) as conn:
        return await (await conn.execute(OF, (citizen_id,))).fetchall()


async def block(citizen_id: UUID) -> Mapping[str, Any]:
    """Count the permits, for the start page."""
    return {"count": len(await permits_of(citizen_id))}


async def lines(citizen_id: UUID) -> Sequence[Line]:
    """Lend the permits to a list."""
    found = await permits_of(citizen_id)
    return [
        Line(f"Vergunning {plate}", "Gemerkt" if is_marked else "Nieuw", "/parkeren/", at)
        for plate, is_marked, at in found
    ]


async def export(citizen_id: UUID) -> list[Record]:
    """Give a citizen's permits."""
    return [Record("permit", plate, at) for plate, _, at in await permits_of(citizen_id)]
