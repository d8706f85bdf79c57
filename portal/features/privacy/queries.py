"""What privacy keeps of a citizen, for their own copy."""

from collections.abc import Sequence
from uuid import UUID

from portal.platform.feature.types import Record

from .retention import visits
from .rights import queries as rights


async def export(citizen_id: UUID) -> Sequence[Record]:
    """Give all that privacy keeps of a citizen."""
    return [*await visits.export(citizen_id), *await rights.export(citizen_id)]
