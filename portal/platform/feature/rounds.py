"""What features do once a minute in each process of the portal, which has keys and rights that the worker lacks."""

import asyncio
import logging
from datetime import UTC, datetime

from . import installed

EVERY_SECONDS = 60.0

log = logging.getLogger("portal.rounds")


async def go() -> None:
    """Go round at intervals, until cancelled."""
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        await go_once(datetime.now(UTC))


async def go_once(now: datetime) -> None:
    """Go round once; what fails keeps nothing else from it, and is tried again the next time."""
    for feature in installed.features():
        for one in feature.rounds:
            try:
                await one(now)
            except Exception as error:
                # Log the type only: a message of the database can quote a value.
                log.error("a round of %s failed: %s", feature.id, type(error).__name__)
