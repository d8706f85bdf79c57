"""Ask what government knows: first what the session has kept, then the bodies themselves."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence

from portal.platform.access.types import Session
from portal.platform.sources import fetch, store
from portal.platform.sources.catalogue import Entry
from portal.platform.sources.reading.outcomes import Outcome

log = logging.getLogger("portal.themes")


async def answers(
    session: Session, entries: Sequence[Entry], *, again: frozenset[str], correlation_id: str
) -> AsyncIterator[tuple[Entry, Outcome]]:
    """Yield each dataset's outcome as soon as it is known; those named in `again` are asked anew.

    What arrived is kept for the session also when the reader leaves half-way.
    """
    kept = await store.get(session, [entry for entry in entries if entry.name not in again])
    asked: list[tuple[Entry, Outcome]] = []
    for entry in entries:
        if entry.name in kept:
            yield entry, kept[entry.name]
    to_ask = [entry for entry in entries if entry.name not in kept]
    if not to_ask:
        return
    arriving = fetch.ask_all(to_ask, session.identity.insz, correlation_id=correlation_id)
    try:
        async for entry, outcome in arriving:
            asked.append((entry, outcome))
            yield entry, outcome
    finally:
        await asyncio.shield(_settle(session, arriving, asked))


async def _settle(
    session: Session, arriving: AsyncIterator[tuple[Entry, Outcome]], asked: list[tuple[Entry, Outcome]]
) -> None:
    await arriving.aclose()  # type: ignore[attr-defined]
    try:
        await store.put(session, asked)
    except Exception:
        # The page is complete; what could not be kept is asked again on the next one.
        log.exception("answers could not be kept")
