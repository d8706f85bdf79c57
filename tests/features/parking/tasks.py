"""The job of parking."""

from uuid import UUID

from portal.platform.jobs.queue import app
from portal.platform.jobs.retries import GrowingPauses

from . import actions


@app.task(name=actions.MARK, retry=GrowingPauses())
async def mark(permit_id: str) -> None:
    """Mark one permit."""
    await actions.mark(UUID(permit_id))
