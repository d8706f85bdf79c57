"""Run the rounds of features: their work once a minute in each process of the portal, with keys the worker lacks."""

import asyncio
import logging
from datetime import UTC, datetime

from . import installed

EVERY_SECONDS = 60.0

log = logging.getLogger("portal.rounds")


async def go() -> None:
    """Run all rounds once a minute, until cancelled."""
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        await go_once(datetime.now(UTC))


async def go_once(now: datetime) -> None:
    """Run all rounds once. One that fails does not stop the others, and is tried again the next time."""
    for feature in installed.features():
        for run in feature.rounds:
            try:
                await run(now)
            except Exception as error:
                # Log the type only: a message of the database can quote a value.
                log.error("a round of %s failed: %s", feature.id, type(error).__name__)
