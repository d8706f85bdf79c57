"""Ask many sources at once. Each gets its own deadline; none can hold up another.

Datasets that share a question are asked once. Before a source is asked its gate decides: one that is switched off,
in maintenance, too busy or failing is answered for at once, and never queued for.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from . import gatekeeper
from .catalogue import Entry, Question
from .follow import follow
from .gates import Gate
from .reading.outcomes import Down, Late, Outcome, name_of
from .transports import magda, rest
from .transports.answer import Answer

log = logging.getLogger("portal.sources")

PAGE_SECONDS = 10.0  # no page waits longer, whatever its datasets' deadlines add up to
SLOW = 0.5  # share of the deadline after which a call counts as slow

# What says that the source itself is in trouble; a refusal or a mismatch does not.
TROUBLE = frozenset(("connection", "status", "fault", "unreadable", "unavailable", "busy"))
# What is true for everyone who asks, so that "since when" may be told to the next; an odd answer may be one person's.
OUTAGE = TROUBLE - {"unreadable", "busy"}

# Our own reasons for not asking at all.
NOT_ASKED = frozenset(("off", "maintenance", "full", "failing", "assurance"))

TRANSPORTS: Mapping[str, Any] = {"magda": magda, "rest": rest}

Found = list[tuple[Entry, Outcome]]


async def ask(entry: Entry, insz: str, *, correlation_id: str, transports: Mapping[str, Any] = TRANSPORTS) -> Outcome:
    """Ask one dataset about one person, at most `deadline_s` seconds; trouble comes back as a value."""
    ((_, outcome),) = await _ask(transports, entry.question, [entry], insz, correlation_id)
    return outcome


async def ask_all(
    entries: Sequence[Entry],
    insz: str,
    *,
    correlation_id: str,
    transports: Mapping[str, Any] = TRANSPORTS,
    page_seconds: float = PAGE_SECONDS,
) -> AsyncGenerator[tuple[Entry, Outcome]]:
    """Ask every dataset at once and yield each outcome as soon as it is there, within the page's budget.

    Leaving the iterator early cancels what is still being asked.
    """
    arrived: asyncio.Queue[Found] = asyncio.Queue()
    shared: dict[Question, list[Entry]] = {}
    for entry in entries:
        shared.setdefault(entry.question, []).append(entry)

    async def one(question: Question, asking: list[Entry]) -> None:
        arrived.put_nowait(await _ask(transports, question, asking, insz, correlation_id))

    tasks = [asyncio.create_task(one(question, asking)) for question, asking in shared.items()]
    waiting = {entry.name: entry for entry in entries}
    until = time.monotonic() + page_seconds
    try:
        while waiting:
            try:
                # What is there already counts, however slowly it is taken from us.
                found = arrived.get_nowait()
            except asyncio.QueueEmpty:
                try:
                    found = await asyncio.wait_for(arrived.get(), until - time.monotonic())
                except TimeoutError:
                    found = [(entry, Late(datetime.now(UTC))) for entry in waiting.values()]
            for entry, outcome in found:
                del waiting[entry.name]
                yield entry, outcome
    finally:
        for task in tasks:
            task.cancel()


async def _ask(
    transports: Mapping[str, Any], question: Question, entries: list[Entry], insz: str, correlation_id: str
) -> Found:
    """Ask one question for all datasets that share it, and what their answers only name."""
    started = time.monotonic()
    until = started + max(entry.dataset.deadline_s for entry in entries)
    transport = transports[entries[0].dataset.transport]
    found, reference = await _guarded(transport, question, entries, {"insz": insz}, insz, correlation_id, until)

    async def ask_one(second: Entry, value: str) -> Outcome:
        transport = transports[second.dataset.transport]
        named = {"value": value}
        found, _ = await _guarded(transport, second.question, [second], named, value, correlation_id, until)
        return found[0][1]

    now = datetime.now(UTC)
    found = [(entry, _asked(await follow(entry, outcome, ask_one), now)) for entry, outcome in found]
    for entry, outcome in found:
        log.info(
            "%s %s%s %.0f ms %s %s",
            entry.name,
            name_of(outcome),
            f" ({outcome.reason}: {outcome.detail})" if isinstance(outcome, Down) else "",
            (time.monotonic() - started) * 1000,
            reference or "-",
            correlation_id,
        )
    return found


async def _guarded(
    transport: Any,
    question: Question,
    entries: list[Entry],
    values: Mapping[str, str],
    about: str,
    correlation_id: str,
    until: float,
) -> tuple[Found, str | None]:
    """Ask through the source's gate, until a moment of the monotonic clock; trouble comes back as a value.

    about: whose number must stand in the answer, a person's or in a lookup a company's. Returns the reference that
    the question carried as well, by which a body finds it again.
    """
    bar = gatekeeper.barred(question.source, entries, datetime.now(UTC))
    if bar is not None:
        return [(entry, bar) for entry in entries], None
    gate = gatekeeper.gate_of(question.source)
    started = time.monotonic()
    if started >= until:
        # A lookup for which the first answer left no time: nobody was asked, so nobody failed.
        return [(entry, Late()) for entry in entries], None
    call = gate.enters(started)
    if call is None:
        closed = Down("full" if gate.is_full else "failing", since=gate.down_since)
        return [(entry, closed) for entry in entries], None
    try:
        found, reference = await _bounded(
            transport, question, entries, values, about, correlation_id, until - started
        )
    except BaseException:
        # The reader left: that says nothing about the source.
        gate.abandon()
        raise
    now = time.monotonic()
    has_failed = all(_is_trouble(outcome) for _, outcome in found)
    # Measured by the deadline itself: what is left of it for a lookup may be little.
    deadline = max(entry.dataset.deadline_s for entry in entries)
    gate.leaves(call, now, has_failed=has_failed, is_slow=now - started > SLOW * deadline)
    return [(entry, _since(gate, outcome)) for entry, outcome in found], reference


async def _bounded(
    transport: Any,
    question: Question,
    entries: list[Entry],
    values: Mapping[str, str],
    about: str,
    correlation_id: str,
    seconds: float,
) -> tuple[Found, str | None]:
    try:
        async with asyncio.timeout(seconds):
            answer = await transport.ask(question, values, correlation_id=correlation_id)
    except TimeoutError:
        return [(entry, Late()) for entry in entries], None
    except Exception as error:
        # A fault of ours is not the citizen's: the tile says "could not be asked", the log says why.
        log.error("%s failed: %s %s", question.source, type(error).__name__, correlation_id)
        return [(entry, Down("fault", type(error).__name__)) for entry in entries], None
    if isinstance(answer, Answer):
        return [(entry, transport.read(answer, entry, about)) for entry in entries], answer.reference
    return [(entry, answer) for entry in entries], None


def _is_trouble(outcome: Outcome) -> bool:
    return isinstance(outcome, Late) or (isinstance(outcome, Down) and outcome.reason in TROUBLE)


def _since(gate: Gate, outcome: Outcome) -> Outcome:
    """Remember when a source went down, and say so from the second time on."""
    if not isinstance(outcome, Down):
        if not isinstance(outcome, Late):
            gate.down_since = None
        return outcome
    if outcome.reason not in OUTAGE:
        # It answered, if only to refuse: whatever was wrong before is over.
        gate.down_since = None
        return outcome
    if gate.down_since is None:
        gate.down_since = datetime.now(UTC)
        return outcome
    return msgspec.structs.replace(outcome, since=gate.down_since)


def _asked(outcome: Outcome, now: datetime) -> Outcome:
    """Note on trouble when it was met; an answer knows by itself, and who was not asked was not tried."""
    if isinstance(outcome, Late) or (isinstance(outcome, Down) and outcome.reason not in NOT_ASKED):
        return msgspec.structs.replace(outcome, asked_at=now)
    return outcome
