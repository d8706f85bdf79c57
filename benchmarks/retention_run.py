"""Do in the portal's and the worker's place what the benchmark of retention needs; prints JSON.

python -m benchmarks.retention_run make COUNT    with the portal's environment: citizens, each with wrapped keys
python -m benchmarks.retention_run sweep         with the worker's: take away what is over; [seconds, of how many]
"""

import asyncio
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
    """Make citizens: pseudonym, and as the portal wraps them the key for their mail and their name in the journal."""
    keys, made = service.installed(), []
    for citizen_id in (uuid4() for _ in range(count)):
        mail = await keys.wrap(service.MAIL, os.urandom(32), citizen_id.bytes + b"mail")
        subject = await keys.wrap(service.MAIL, uuid4().bytes, citizen_id.bytes + b"journal")
        made.append((str(citizen_id), mail, subject))
    return made


async def sweep() -> list[float]:
    """Take away what is over, and say how long that took."""
    began = time.perf_counter()
    gone = await actions.retire(datetime.now(UTC))
    return [time.perf_counter() - began, gone]


async def run(what: str, *given: str) -> object:
    """Do one of both between opening and closing the databases."""
    async with pool.open_pools():
        return await make(int(given[0])) if what == "make" else await sweep()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(run(*sys.argv[1:]))))
