"""Make citizens as the portal does, or sweep as the worker does, for the benchmark of retention; prints JSON.

python -m benchmarks.retention_run make COUNT    with the portal's environment; prints what `make` returns
python -m benchmarks.retention_run sweep         with the worker's environment; prints what `sweep` returns
"""

import asyncio
import gc
import json
import os
import sys
import time
from datetime import UTC, datetime
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")
django.setup()

from portal.features.privacy import actions
from portal.platform.database import pool
from portal.platform.keys import service


async def make(count: int) -> list[tuple[str, str, str]]:
    """Make citizens: the pseudonym of each, and their mail key and journal subject, wrapped as the portal does."""
    keys, citizens = service.installed(), []
    for citizen_id in (uuid4() for _ in range(count)):
        mail = await keys.wrap(service.MAIL, os.urandom(32), citizen_id.bytes + b"mail")
        subject = await keys.wrap(service.MAIL, uuid4().bytes, citizen_id.bytes + b"journal")
        citizens.append((str(citizen_id), mail, subject))
    return citizens


async def sweep() -> list[float]:
    """Delete what is past its term; return the seconds, and of how many citizens."""
    # As the worker does when it starts.
    gc.collect()
    gc.freeze()
    began = time.perf_counter()
    count = await actions.retire(datetime.now(UTC))
    return [time.perf_counter() - began, count]


async def run(command: str, *arguments: str) -> object:
    """Run `make` or `sweep`, between opening and closing the databases."""
    async with pool.open_pools():
        return await make(int(arguments[0])) if command == "make" else await sweep()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(run(*sys.argv[1:]))))
