"""Take in the events that the event service has, as the worker does; print how many, and in how many seconds.

python -m benchmarks.ebox_taking     with the worker's environment
"""

import asyncio
import json
import os
import sys
import time
from datetime import UTC, datetime

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")
django.setup()

from portal.features.mailbox import actions
from portal.platform.database import pool
from portal.platform.wire import calls


async def take_in() -> None:
    """Take in all events once for each line of the input."""
    async with pool.open_pools():
        try:
            while await asyncio.to_thread(sys.stdin.readline):
                began = time.perf_counter()
                count = await actions.take_in_events(datetime.now(UTC))
                print(json.dumps([count, time.perf_counter() - began]), flush=True)
        finally:
            await calls.close()


if __name__ == "__main__":
    asyncio.run(take_in())
