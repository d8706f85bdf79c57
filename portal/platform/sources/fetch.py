"""Ask many sources at once. Each gets its own deadline; none can hold up another.

Those that share a question are asked once. Before a source is asked its gate decides: one that is switched off,
in maintenance, too busy or failing is answered for at once, and never queued for.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import msgspec

from portal.platform.journal.types import Journalled

from . import gatekeeper, intake, turns
from .catalogue import Question
from .gatekeeper import Passage
from .inquiry import AskOne, Inquiry
from .reading.outcomes import Down, Late, Outcome, name_of
from .transports import magda, rest
from .transports.answer import Answer

log = logging.getLogger("portal.sources")

PAGE_SECONDS = 10.0  # no page waits longer, whatever its datasets' deadlines add up to

# Our own reasons for not asking at all.
NOT_ASKED = frozenset(("off", "maintenance", "full", "failing", "assurance", "journal"))

# An inquiry, and what came of it.
type Asked[K, T] = tuple[Inquiry[K, T], Outcome[T]]

TRANSPORTS: Mapping[str, Any] = {"magda": magda, "rest": rest}


class Page(msgspec.Struct, frozen=True):
    """For whom many are asked at once, and for how long. Never printed: `repr` is empty on purpose.

    insz: about whom. seconds: no page waits longer. has_turns: its questions wait for their turn, as those of pages
    do; what asks one question and can wait for no other does without.
    """

    insz: str
    correlation_id: str
    seconds: float = PAGE_SECONDS
    has_turns: bool = True

    def __repr__(self) -> str:
        return "Page(…)"


class Asking(msgspec.Struct, frozen=True):
    """One question on its way to one source, for all inquiries that share it. Never printed.

    about: whose number must stand in the answer, a person's or in a lookup a company's; values: what fills in the
    question. voter: whose vote it is on how the source is doing, None for a call that is not to be counted. until:
    seconds of the monotonic clock. sent: filled with the references that the question carried, by which a body
    finds it again.
    """

    transport: Any
    inquiries: Sequence[Inquiry[Any, Any]]
    values: Mapping[str, str]
    about: str
    voter: bytes | None
    correlation_id: str
    until: float
    sent: list[str]

    def __repr__(self) -> str:
        return "Asking(…)"

    @property
    def question(self) -> Question:
        """The question that they share."""
        return self.inquiries[0].question

    def all_are(self, outcome: Outcome[Any]) -> list[Asked[Any, Any]]:
        """Give every inquiry the same outcome."""
        return [(inquiry, outcome) for inquiry in self.inquiries]


async def ask_all[K, T](
    inquiries: Sequence[Inquiry[K, T]],
    page: Page,
    journalled: Journalled,
    *,
    transports: Mapping[str, Any] = TRANSPORTS,
) -> AsyncGenerator[Asked[K, T]]:
    """Ask all at once and yield each outcome as soon as it is there, within the page's budget.

    Leaving the iterator early cancels what is still being asked. Trouble comes back as a value. journalled: the
    journal's receipt for them; NotJournalled, and nothing asked, when it is for something else.
    """
    journalled.check(inquiry.name for inquiry in inquiries)
    arrived: asyncio.Queue[list[Asked[K, T]]] = asyncio.Queue()

    async def one(asking: list[Inquiry[K, T]]) -> None:
        async with turns.of_pages.turn() if page.has_turns else nullcontext():
            arrived.put_nowait(await _ask(transports, asking, page))

    tasks = [asyncio.create_task(one(asking)) for asking in _sharing(inquiries)]
    waiting = {inquiry.name: inquiry for inquiry in inquiries}
    until = time.monotonic() + page.seconds
    try:
        while waiting:
            try:
                # What is there already counts, however slowly it is taken from us.
                found = arrived.get_nowait()
            except asyncio.QueueEmpty:
                try:
                    found = await asyncio.wait_for(arrived.get(), until - time.monotonic())
                except TimeoutError:
                    found = [(inquiry, Late(datetime.now(UTC))) for inquiry in waiting.values()]
            for inquiry, outcome in found:
                del waiting[inquiry.name]
                yield inquiry, outcome
    finally:
        for task in tasks:
            task.cancel()


def _sharing[K, T](inquiries: Sequence[Inquiry[K, T]]) -> list[list[Inquiry[K, T]]]:
    """Bring those together that ask the same with the same values."""
    shared: dict[tuple[Question, tuple[tuple[str, str], ...]], list[Inquiry[K, T]]] = {}
    for inquiry in inquiries:
        shared.setdefault((inquiry.question, tuple(sorted(inquiry.values.items()))), []).append(inquiry)
    return list(shared.values())


async def _ask(
    transports: Mapping[str, Any], inquiries: list[Inquiry[Any, Any]], page: Page
) -> list[Asked[Any, Any]]:
    """Ask one question for all inquiries that share it, and what their answers only name."""
    started = time.monotonic()
    asking = Asking(
        transport=transports[inquiries[0].transport],
        inquiries=inquiries,
        values={**inquiries[0].values, "insz": page.insz},
        about=page.insz,
        voter=gatekeeper.voter_of(page.insz),
        correlation_id=page.correlation_id,
        until=started + max(inquiry.deadline_s for inquiry in inquiries),
        sent=[],
    )
    found = await _guarded(asking)
    ask_one = _lookups(transports, asking)
    now = datetime.now(UTC)
    ended: list[Asked[Any, Any]] = []
    for inquiry, first in found:
        outcome = await _followed(inquiry, first, ask_one, page)
        ended.append((inquiry, _with_moment(outcome, now)))
        log.info(
            "%s %s%s %.0f ms %s %s",
            inquiry.name,
            name_of(outcome),
            f" ({outcome.reason}: {outcome.detail})" if isinstance(outcome, Down) else "",
            (time.monotonic() - started) * 1000,
            ",".join(asking.sent) or "-",
            page.correlation_id,
        )
    return ended


def _lookups(transports: Mapping[str, Any], asking: Asking) -> AskOne:
    """Make what asks second questions for an answer; none gets more time than the first one left."""
    counted: set[str] = set()

    async def ask_one(second: Inquiry[Any, Any], value: str) -> Outcome[Any]:
        source = second.question.source
        # The first lookup counts for all of one answer: who has ten companies has one vote, and makes one call.
        voter = None if source in counted else asking.voter
        counted.add(source)
        lookup = msgspec.structs.replace(
            asking,
            transport=transports[second.transport],
            inquiries=[second],
            values={"value": value},
            about=value,
            voter=voter,
            sent=[],
        )
        return (await _guarded(lookup))[0][1]

    return ask_one


async def _guarded(asking: Asking) -> list[Asked[Any, Any]]:
    """Ask through the source's gate; trouble comes back as a value."""
    source, agencies = asking.question.source, [inquiry.agency for inquiry in asking.inquiries]
    seconds = asking.until - time.monotonic()
    if seconds <= 0:
        # A lookup for which the first answer left no time: nobody was asked, so nobody failed.
        return asking.all_are(gatekeeper.barred(source, agencies, datetime.now(UTC)) or Late())
    # Judged by the deadline itself: what is left of it for a lookup may be little.
    deadline = max(inquiry.deadline_s for inquiry in asking.inquiries)
    with gatekeeper.passing(source, agencies, asking.voter, deadline) as passage:
        if passage.bar is not None:
            return asking.all_are(passage.bar)
        try:
            found = await _bounded(asking, seconds, passage)
        except Exception as error:
            # Neither the citizen's nor the source's: whoever leaves the gate without a vote says nothing about it.
            return asking.all_are(_fault(source, error, asking.correlation_id))
        passage.brought([outcome for _, outcome in found])
    return [(inquiry, _with_beginning(outcome, passage.since)) for inquiry, outcome in found]


async def _bounded(asking: Asking, seconds: float, passage: Passage) -> list[Asked[Any, Any]]:
    try:
        async with asyncio.timeout(seconds):
            answer = await asking.transport.ask(asking.question, asking.values, sent=asking.sent)
    except TimeoutError:
        return asking.all_are(passage.overdue(Late()))
    passage.stops_clock()
    if isinstance(answer, Answer):
        return await intake.read(asking.transport, answer, asking.inquiries, asking.about)
    return asking.all_are(answer)


async def _followed(inquiry: Inquiry[Any, Any], first: Outcome[Any], ask_one: AskOne, page: Page) -> Outcome[Any]:
    """Ask what the answer only names; a fault in that is this inquiry's alone."""
    try:
        return await inquiry.follow(first, ask_one) if inquiry.follow else first
    except Exception as error:
        return _fault(inquiry.name, error, page.correlation_id)


def _fault(what: str, error: Exception, correlation_id: str) -> Down:
    """Make an outcome of a fault of ours: the tile says "could not be asked", the log says why."""
    # The type only: a message can quote a value.
    log.error("%s failed: %s %s", what, type(error).__name__, correlation_id)
    return Down("fault", type(error).__name__)


def _with_beginning(outcome: Outcome[Any], since: datetime | None) -> Outcome[Any]:
    """Say of trouble since when there is trouble, where that is known."""
    if since is not None and isinstance(outcome, Down):
        return msgspec.structs.replace(outcome, since=since)
    return outcome


def _with_moment(outcome: Outcome[Any], now: datetime) -> Outcome[Any]:
    """Note on trouble when it was met; an answer knows by itself, and who was not asked was not tried."""
    if isinstance(outcome, Late) or (isinstance(outcome, Down) and outcome.reason not in NOT_ASKED):
        return msgspec.structs.replace(outcome, asked_at=now)
    return outcome
