"""What sealing and the journal do for an overview, and nothing else, run by `seal_journal_share`.

    python -m benchmarks.seal_and_journal    with the portal's environment; reads a cookie's value, then numbers

Included: the pseudonym's transactions, both statements of the journal, reading and writing the store, sealing the
real answers of every source. Asking the sources happens once, outside the measured time.
"""

import time
from datetime import UTC, datetime
from typing import Any

import psycopg

from benchmarks.floor import serve
from portal.features.themes.types import LOOK
from portal.platform.access.types import Session
from portal.platform.journal.types import Occasion
from portal.platform.sources import catalogue, datasets, fetch, processing
from portal.platform.sources.fetch import Asked, Page
from portal.platform.sources.inquiry import of_oneself

CORRELATION = "00000000-0000-4000-8000-000000000000"
ANEW: frozenset[str] = frozenset()  # the store is read for all, as an overview does

_found: list[Asked[Any, Any]] = []


async def sealings(count: int, session: Session, owner: psycopg.Connection) -> float:
    """Seal and journal so many overviews, one after another; return the seconds of processor they took."""
    inquiries = datasets.inquiries(catalogue.installed().entries)
    own = of_oneself(session, Occasion(session.citizen_id, datetime.now(UTC), CORRELATION), LOOK)
    if not _found:
        journalled, _ = await processing.start(own, inquiries, ANEW)
        asked = fetch.ask_all(inquiries, Page(session.identity.insz, CORRELATION), journalled)
        _found.extend([found async for found in asked])
    used = 0.0
    for _ in range(count):
        owner.execute("truncate sources_answer")
        started = time.process_time()
        journalled, kept = await processing.start(own, inquiries, ANEW)
        await processing.end(own, journalled, kept, _found, _found)
        used += time.process_time() - started
        if kept:
            raise RuntimeError("something was kept that should have been forgotten")
    return used


if __name__ == "__main__":
    serve(sealings)
