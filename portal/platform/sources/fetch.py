"""Ask many sources at once. Each gets its own deadline; none can hold up another."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import msgspec

from .catalogue import Entry
from .reading.outcomes import Down, Late, Outcome, name_of
from .transports import magda

log = logging.getLogger("portal.sources")

TRANSPORTS = {"magda": magda.ask}

# Since when each source could not be asked, as this worker saw it.
_down_since: dict[str, datetime] = {}


async def ask(entry: Entry, insz: str, *, correlation_id: str) -> Outcome:
    """Ask one dataset about one person, at most `deadline_s` seconds; trouble comes back as a value.

    Logs service, duration and outcome under the correlation id of the user's action; never the person.
    """
    started = time.perf_counter()
    outcome: Outcome
    try:
        async with asyncio.timeout(entry.dataset.deadline_s):
            outcome = await TRANSPORTS[entry.dataset.transport](entry, insz)
    except TimeoutError:
        outcome = Late()
    except Exception as error:
        # A fault of ours is not the citizen's: the tile says "could not be asked", the log says why.
        log.exception("%s failed %s", entry.name, correlation_id)
        outcome = Down("fault", type(error).__name__)
    outcome = _since(entry.dataset.source, outcome)
    log.info(
        "%s %s %s %.0f ms %s",
        entry.name,
        name_of(outcome),
        f"({outcome.reason}: {outcome.detail})" if isinstance(outcome, Down) else "",
        (time.perf_counter() - started) * 1000,
        correlation_id,
    )
    return outcome


def _since(source: str, outcome: Outcome) -> Outcome:
    """Remember when a source went down, and say so from the second time on."""
    if not isinstance(outcome, Down):
        if not isinstance(outcome, Late):
            _down_since.pop(source, None)
        return outcome
    if source in _down_since:
        return msgspec.structs.replace(outcome, since=_down_since[source])
    _down_since[source] = datetime.now(UTC)
    return outcome


async def ask_all(
    entries: Sequence[Entry], insz: str, *, correlation_id: str
) -> AsyncIterator[tuple[Entry, Outcome]]:
    """Ask every dataset at once and yield each outcome as soon as it is there.

    Leaving the iterator early cancels what is still being asked.
    """
    arrived: asyncio.Queue[tuple[Entry, Outcome]] = asyncio.Queue()

    async def one(entry: Entry) -> None:
        arrived.put_nowait((entry, await ask(entry, insz, correlation_id=correlation_id)))

    tasks = [asyncio.create_task(one(entry)) for entry in entries]
    try:
        for _ in tasks:
            yield await arrived.get()
    finally:
        for task in tasks:
            task.cancel()
