"""Read permits."""

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.platform.database import pool
from portal.platform.feature.home import BlockFinding, Piece, Signal
from portal.platform.feature.types import LoanLine, Record
from portal.platform.journal.types import Occasion

from . import rules

OF = "select plate, is_marked, at from parking_permit where citizen_id = %s order by at"


async def permits_of(citizen_id: UUID) -> list[tuple[str, bool, datetime]]:
    """List a citizen's permits: plate, whether it is marked, since when."""
    async with pool.as_citizen(citizen_id) as conn:
        return await (await conn.execute(OF, (citizen_id,))).fetchall()


async def find(request: Any) -> AsyncGenerator[BlockFinding]:
    """Count the permits for the home page, and warn of each."""
    permits = await permits_of(request.session.citizen_id)
    yield Piece("vergunningen", "", {"count": len(permits)})
    for plate, _, _ in permits:
        yield Signal(rules.SOON, plate, f"Uw vergunning voor {plate} vervalt.", href="/parkeren/", label="Verleng")


async def lines(occasion: Occasion) -> Sequence[LoanLine]:
    """Lend the permits to a list."""
    found = await permits_of(occasion.citizen_id)
    return [
        LoanLine(f"Vergunning {plate}", "Gemerkt" if is_marked else "Nieuw", "/parkeren/", at)
        for plate, is_marked, at in found
    ]


async def export(citizen_id: UUID) -> list[Record]:
    """Give a citizen's permits."""
    return [Record("permit", plate, at) for plate, _, at in await permits_of(citizen_id)]
