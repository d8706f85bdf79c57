"""Ask what government knows: first what the session has kept, then the bodies themselves."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime

from portal.platform.access import sessions
from portal.platform.access.types import Session
from portal.platform.journal.types import Journalled

from . import fetch, processing
from .catalogue import Entry, Found
from .reading.outcomes import Down, Outcome

log = logging.getLogger("portal.sources")

TRUST = 1.0  # seconds for which a session that was there is taken to be there still


async def answers(
    session: Session, entries: Sequence[Entry], *, again: frozenset[str], correlation_id: str
) -> AsyncIterator[Found]:
    """Yield an outcome for each dataset, as soon as it is known; those named in `again` are asked anew.

    Whatever fails on our side becomes an outcome too: no dataset is left without one. What arrived is kept for the
    session also when the reader leaves half-way; when the session ends meanwhile, nothing more is shown. What cannot
    be written in the journal first is neither asked nor shown.
    """
    waiting = {entry.name: entry for entry in entries}
    finding = _found(session, entries, again, correlation_id)
    try:
        async for entry, outcome in finding:
            del waiting[entry.name]
            yield entry, outcome
    except Exception as error:
        log.error("asking failed: %s %s", type(error).__name__, correlation_id)
    finally:
        await finding.aclose()
    for entry in waiting.values():
        yield entry, Down("fault", asked_at=datetime.now(UTC))


async def answer(session: Session, entry: Entry, *, again: frozenset[str], correlation_id: str) -> Outcome:
    """Read or ask one dataset, as `answers` does."""
    (found,) = [one async for one in answers(session, [entry], again=again, correlation_id=correlation_id)]
    return found[1]


async def _found(
    session: Session, entries: Sequence[Entry], again: frozenset[str], correlation_id: str
) -> AsyncGenerator[Found]:
    allowed: list[Entry] = []
    for entry in entries:
        if processing.may_see(session, entry):
            allowed.append(entry)
        else:
            yield entry, Down("assurance")
    if not allowed:
        return
    try:
        journalled, kept = await processing.look(session, allowed, again=again, correlation_id=correlation_id)
    except Exception as error:
        log.error("not journalled, so not asked: %s %s", type(error).__name__, correlation_id)
        for entry in allowed:
            yield entry, Down("journal")
        return
    to_ask = [entry for entry in allowed if entry.name not in kept]
    asked: list[Found] = []
    arriving = fetch.ask_all(to_ask, session.identity.insz, journalled=journalled, correlation_id=correlation_id)
    try:
        for entry in allowed:
            if entry.name in kept:
                yield entry, kept[entry.name]
        trusted_until = time.monotonic() + TRUST
        async for found in arriving:
            asked.append(found)
            if time.monotonic() > trusted_until:
                if not await sessions.is_live(session, now=datetime.now(UTC)):
                    return
                trusted_until = time.monotonic() + TRUST
            yield found
    finally:
        await asyncio.shield(_settle(session, journalled, kept, arriving, asked))


async def _settle(
    session: Session,
    journalled: Journalled,
    kept: Mapping[str, Outcome],
    arriving: AsyncGenerator[Found],
    asked: list[Found],
) -> None:
    await arriving.aclose()
    await processing.settle(session, journalled, kept, asked)
