"""Do only what sealing and the journal do for an overview; `seal_journal_share` runs it.

    python -m benchmarks.seal_and_journal    with the portal's environment; reads a cookie's value, then numbers

That is: the transactions as the citizen, both statements of the journal, reading and writing kept answers, and
sealing the real answers of every source. The sources are asked once, outside the measured time.
"""

import asyncio
import json
import os
import sys
import time
from datetime import UTC, datetime
from typing import Any

import django
import psycopg
import uvloop

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")
django.setup()

from portal.features.themes.types import LOOK
from portal.platform.access import sessions
from portal.platform.access.types import Session
from portal.platform.database import pool
from portal.platform.journal.types import Occasion
from portal.platform.sources import catalogue, datasets, fetch
from portal.platform.sources.fetch import PageRequest
from portal.platform.sources.inquiry import InquiryOutcome, of_oneself
from portal.platform.sources.traces import processing
from portal.platform.wire import calls

CORRELATION = "00000000-0000-4000-8000-000000000000"
ANEW: frozenset[str] = frozenset()  # no inquiry skips the kept answers, as in an overview

_outcomes: list[InquiryOutcome[Any, Any]] = []


async def seal_and_journal(count: int, session: Session, owner: psycopg.Connection) -> float:
    """Seal and journal so many overviews, one after another; return the seconds of processor that they took."""
    inquiries = datasets.inquiries(catalogue.installed().entries)
    own = of_oneself(session, Occasion(session.citizen_id, datetime.now(UTC), CORRELATION), LOOK)
    if not _outcomes:
        journalled, _ = await processing.start(own, inquiries, ANEW)
        answers = fetch.ask_all(inquiries, PageRequest(session.identity.insz, CORRELATION), journalled)
        _outcomes.extend([outcome async for part in answers for outcome in part])
    used = 0.0
    for _ in range(count):
        owner.execute("truncate sources_answer")
        started = time.process_time()
        journalled, kept = await processing.start(own, inquiries, ANEW)
        await processing.end(own, journalled, kept, _outcomes, _outcomes)
        used += time.process_time() - started
        if kept:
            raise RuntimeError("something was kept that should have been forgotten")
    return used


async def _open(cookie: str) -> Session:
    catalogue.installed()
    await pool.open_pool()
    session = await sessions.find(cookie, now=datetime.now(UTC))
    if session is None:
        raise SystemExit("this cookie leads to no session")
    return session


async def _close() -> None:
    await calls.close()
    await pool.close_pools()


def serve() -> None:
    """Read a cookie's value, then a number a line; answer each with the seconds of processor that it took."""
    cookie = sys.stdin.readline().strip()
    with (
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        psycopg.connect(os.environ["DATABASE_URL_OWNER"], autocommit=True) as owner,
    ):
        session = runner.run(_open(cookie))

        async def run(count: int) -> float:
            return await seal_and_journal(count, session, owner)

        try:
            for line in sys.stdin:
                used = runner.run(run(int(line)))
                sys.stdout.write(json.dumps(used) + "\n")
                sys.stdout.flush()
        finally:
            runner.run(_close())


if __name__ == "__main__":
    serve()
