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

from portal.platform.journal.types import Journalled

from . import gatekeeper, intake, turns
from .catalogue import Entry, Found, Question
from .follow import follow
from .gatekeeper import Passage
from .reading.outcomes import Down, Late, Outcome, name_of
from .transports import magda, rest
from .transports.answer import Answer

log = logging.getLogger("portal.sources")

PAGE_SECONDS = 10.0  # no page waits longer, whatever its datasets' deadlines add up to

# Our own reasons for not asking at all.
NOT_ASKED = frozenset(("off", "maintenance", "full", "failing", "assurance", "journal"))

TRANSPORTS: Mapping[str, Any] = {"magda": magda, "rest": rest}


class Asking(msgspec.Struct, frozen=True):
    """One question on its way to one source, for all datasets that share it.

    about: whose number must stand in the answer, a person's or in a lookup a company's; values: what fills in the
    question. voter: whose vote it is on how the source is doing, None for a call that is not to be counted. until:
    seconds of the monotonic clock. sent: filled with the references that the question carried, by which a body
    finds it again.
    """

    transport: Any
    question: Question
    entries: list[Entry]
    values: Mapping[str, str]
    about: str
    voter: bytes | None
    correlation_id: str
    until: float
    sent: list[str]

    def all_are(self, outcome: Outcome) -> list[Found]:
        """Give every dataset the same outcome."""
        return [(entry, outcome) for entry in self.entries]


async def ask(
    entry: Entry,
    insz: str,
    *,
    journalled: Journalled,
    correlation_id: str,
    transports: Mapping[str, Any] = TRANSPORTS,
) -> Outcome:
    """Ask one dataset about one person, at most `deadline_s` seconds; trouble comes back as a value.

    journalled: the journal's receipt for it; NotJournalled, and nothing asked, when it is for something else.
    """
    journalled.check([entry.name])
    ((_, outcome),) = await _ask(transports, entry.question, [entry], insz, correlation_id)
    return outcome


async def ask_all(
    entries: Sequence[Entry],
    insz: str,
    *,
    journalled: Journalled,
    correlation_id: str,
    transports: Mapping[str, Any] = TRANSPORTS,
    page_seconds: float = PAGE_SECONDS,
) -> AsyncGenerator[Found]:
    """Ask every dataset at once and yield each outcome as soon as it is there, within the page's budget.

    Leaving the iterator early cancels what is still being asked. journalled: as for `ask`.
    """
    journalled.check(entry.name for entry in entries)
    arrived: asyncio.Queue[list[Found]] = asyncio.Queue()
    shared: dict[Question, list[Entry]] = {}
    for entry in entries:
        shared.setdefault(entry.question, []).append(entry)

    async def one(question: Question, asking: list[Entry]) -> None:
        async with turns.of_pages.turn():
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
) -> list[Found]:
    """Ask one question for all datasets that share it, and what their answers only name."""
    started = time.monotonic()
    asking = Asking(
        transport=transports[entries[0].dataset.transport],
        question=question,
        entries=entries,
        values={"insz": insz},
        about=insz,
        voter=gatekeeper.voter_of(insz),
        correlation_id=correlation_id,
        until=started + max(entry.dataset.deadline_s for entry in entries),
        sent=[],
    )
    found = await _guarded(asking)
    counted: set[str] = set()

    async def ask_one(second: Entry, value: str) -> Outcome:
        source = second.question.source
        # The first lookup counts for all of one answer: who has ten companies has one vote, and makes one call.
        voter = None if source in counted else asking.voter
        counted.add(source)
        lookup = msgspec.structs.replace(
            asking,
            transport=transports[second.dataset.transport],
            question=second.question,
            entries=[second],
            values={"value": value},
            about=value,
            voter=voter,
            sent=[],
        )
        return (await _guarded(lookup))[0][1]

    now = datetime.now(UTC)
    found = [(entry, _asked(await follow(entry, outcome, ask_one), now)) for entry, outcome in found]
    for entry, outcome in found:
        log.info(
            "%s %s%s %.0f ms %s %s",
            entry.name,
            name_of(outcome),
            f" ({outcome.reason}: {outcome.detail})" if isinstance(outcome, Down) else "",
            (time.monotonic() - started) * 1000,
            ",".join(asking.sent) or "-",
            correlation_id,
        )
    return found


async def _guarded(asking: Asking) -> list[Found]:
    """Ask through the source's gate; trouble comes back as a value."""
    source, agencies = asking.question.source, [entry.agency for entry in asking.entries]
    seconds = asking.until - time.monotonic()
    if seconds <= 0:
        # A lookup for which the first answer left no time: nobody was asked, so nobody failed.
        return asking.all_are(gatekeeper.barred(source, agencies, datetime.now(UTC)) or Late())
    # Judged by the deadline itself: what is left of it for a lookup may be little.
    deadline = max(entry.dataset.deadline_s for entry in asking.entries)
    with gatekeeper.passing(source, agencies, asking.voter, deadline) as passage:
        if passage.bar is not None:
            return asking.all_are(passage.bar)
        found = await _bounded(asking, seconds, passage)
        passage.brought([outcome for _, outcome in found])
    return [(entry, _told(outcome, passage.since)) for entry, outcome in found]


async def _bounded(asking: Asking, seconds: float, passage: Passage) -> list[Found]:
    try:
        async with asyncio.timeout(seconds):
            answer = await asking.transport.ask(asking.question, asking.values, sent=asking.sent)
    except TimeoutError:
        return asking.all_are(passage.overdue(Late()))
    except Exception as error:
        # A fault of ours is not the citizen's: the tile says "could not be asked", the log says why.
        log.error("%s failed: %s %s", asking.question.source, type(error).__name__, asking.correlation_id)
        return asking.all_are(Down("fault", type(error).__name__))
    if isinstance(answer, Answer):
        return await intake.read(asking.transport, answer, asking.entries, asking.about)
    return asking.all_are(answer)


def _told(outcome: Outcome, since: datetime | None) -> Outcome:
    """Say of trouble since when there is trouble, where that is known."""
    if since is not None and isinstance(outcome, Down):
        return msgspec.structs.replace(outcome, since=since)
    return outcome


def _asked(outcome: Outcome, now: datetime) -> Outcome:
    """Note on trouble when it was met; an answer knows by itself, and who was not asked was not tried."""
    if isinstance(outcome, Late) or (isinstance(outcome, Down) and outcome.reason not in NOT_ASKED):
        return msgspec.structs.replace(outcome, asked_at=now)
    return outcome
