"""Ask many sources at once, each with a deadline of its own, so that none can hold up another.

Inquiries that share a question are asked once, with the longest of their deadlines. The gate of a source decides
first: if the source is switched off, in maintenance, full or failing, the outcome is known at once. `asking` calls
`ask_all`, with the journal's receipt.
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
from portal.platform.kit.unprinted import Unprinted

from .answers import intake
from .catalogue import SourceQuestion
from .gates import gatekeeper, turns
from .gates.gatekeeper import Passage
from .inquiry import AskOne, Inquiry, InquiryOutcome
from .reading.outcomes import Down, Late, Outcome
from .traces import log_lines
from .transports import magda, partner, registry, rest
from .transports.answer import AnswerText

log = logging.getLogger("portal.sources")

PAGE_SECONDS = 10.0  # that a page waits at most, whatever its datasets' deadlines add up to

# Reasons of ours for not asking.
NOT_ASKED = frozenset(("off", "maintenance", "full", "failing", "assurance", "journal"))

# By `Inquiry.transport`; each is a module with `ask` (gives an AnswerText, or an outcome that is none) and `read`.
TRANSPORTS: Mapping[str, Any] = {"magda": magda, "rest": rest, "partner": partner, "registry": registry}


class PageRequest(Unprinted, frozen=True):
    """The request for which many sources are asked at once, and its budget. Never printed.

    insz: of the person asked about. seconds: that it waits for all answers together. has_turns: whether its questions
    wait for their turn among those of other pages (`gates.turns`); signing in, which asks a single one, does without.
    sent: is filled with the references that questions carried, by inquiry.
    """

    insz: str
    correlation_id: str
    seconds: float = PAGE_SECONDS
    has_turns: bool = True
    sent: log_lines.Sent = msgspec.field(default_factory=dict)

    def sent_for(self, name: str) -> list[str]:
        """Start the list of references of one more question for an inquiry."""
        references: list[str] = []
        self.sent.setdefault(name, []).append(references)
        return references


class SharedQuestion(Unprinted, frozen=True):
    """One question on its way to one source, for all inquiries that share it. Never printed.

    values: what fills in the question. about: the number that must stand in the answer, a person's, or in a lookup a
    company's. voter: who votes on how the source is doing (`gatekeeper.voter_of`), None for a call that is not to be
    counted. until: its deadline, in seconds of the monotonic clock. sent: is filled with the references that the
    question carried, by which a body finds it again.
    """

    transport: Any
    inquiries: Sequence[Inquiry[Any, Any]]
    values: Mapping[str, str]
    about: str
    voter: bytes | None
    correlation_id: str
    until: float
    sent: list[str]

    @property
    def question(self) -> SourceQuestion:
        """The question that they share."""
        return self.inquiries[0].question

    def for_all(self, outcome: Outcome[Any]) -> list[InquiryOutcome[Any, Any]]:
        """Pair every inquiry with the same outcome."""
        return [(inquiry, outcome) for inquiry in self.inquiries]


async def ask_all[K, T](
    inquiries: Sequence[Inquiry[K, T]],
    page: PageRequest,
    journalled: Journalled,
    *,
    transports: Mapping[str, Any] = TRANSPORTS,
) -> AsyncGenerator[list[InquiryOutcome[K, T]]]:
    """Ask all at once and yield each outcome as soon as it is there, within the page's budget.

    Outcomes that are ready at one moment come in one list. Leaving the iterator early cancels the questions under
    way. Failures upstream are values. journalled: the journal's receipt for the inquiries; raises NotJournalled, and
    asks nothing, when it is for others. transports: other ones, for tests.
    """
    journalled.check(inquiry.name for inquiry in inquiries)
    arrived: asyncio.Queue[InquiryOutcome[K, T]] = asyncio.Queue()

    async def one(asking: list[Inquiry[K, T]]) -> None:
        async with turns.page_turns.turn() if page.has_turns else nullcontext():
            for each in await _ask(transports, asking, page):
                arrived.put_nowait(each)

    tasks = [asyncio.create_task(one(asking)) for asking in _group_by_question(inquiries)]
    waiting = {inquiry.name: inquiry for inquiry in inquiries}
    until = time.monotonic() + page.seconds
    try:
        while waiting:
            # Answers that have arrived count, however slowly the caller takes them.
            if not (found := _take_all(arrived)):
                try:
                    first = await asyncio.wait_for(arrived.get(), until - time.monotonic())
                    found = [first, *_take_all(arrived)]
                except TimeoutError:
                    late = Late(datetime.now(UTC))
                    found = [(inquiry, late) for inquiry in waiting.values()]
                    for together in _group_by_question(list(waiting.values())):
                        _log_trouble([(inquiry, late) for inquiry in together], page.seconds, page)
            for inquiry, _ in found:
                del waiting[inquiry.name]
            yield found
    finally:
        for task in tasks:
            task.cancel()


def _take_all[T](arrived: asyncio.Queue[T]) -> list[T]:
    """Take everything that is ready, without waiting."""
    return [arrived.get_nowait() for _ in range(arrived.qsize())]


def _group_by_question[K, T](inquiries: Sequence[Inquiry[K, T]]) -> list[list[Inquiry[K, T]]]:
    """Group inquiries that ask the same question with the same values."""
    shared: dict[tuple[SourceQuestion, tuple[tuple[str, str], ...]], list[Inquiry[K, T]]] = {}
    for inquiry in inquiries:
        shared.setdefault((inquiry.question, tuple(sorted(inquiry.values.items()))), []).append(inquiry)
    return list(shared.values())


async def _ask(
    transports: Mapping[str, Any], inquiries: list[Inquiry[Any, Any]], page: PageRequest
) -> list[InquiryOutcome[Any, Any]]:
    """Ask one question for all inquiries that share it, and then the second questions that their answers need."""
    started = time.monotonic()
    asking = SharedQuestion(
        transport=transports[inquiries[0].transport],
        inquiries=inquiries,
        values={**inquiries[0].values, "insz": page.insz},
        about=page.insz,
        voter=gatekeeper.voter_of(page.insz),
        correlation_id=page.correlation_id,
        until=started + max(inquiry.deadline_s for inquiry in inquiries),
        sent=page.sent_for(inquiries[0].name),
    )
    found = await _ask_guarded(asking)
    ask_one = _lookups(transports, asking, page)
    now = datetime.now(UTC)
    ended = [(inquiry, _with_moment(await _follow(inquiry, first, ask_one, page), now)) for inquiry, first in found]
    _log_trouble(ended, time.monotonic() - started, page)
    return ended


def _log_trouble(ended: Sequence[InquiryOutcome[Any, Any]], seconds: float, page: PageRequest) -> None:
    """Log which of these failed, if any: inquiries that share a question, seconds after it was begun."""
    # The references of a shared question are noted for the first inquiry.
    references = log_lines.references_of(page.sent, ended[0][0].name)
    log_lines.log_failure(ended, seconds, references, page.correlation_id)


def _lookups(transports: Mapping[str, Any], asking: SharedQuestion, page: PageRequest) -> AskOne:
    """Make the function that asks second questions for an answer, within the time that the first one left."""
    counted: set[str] = set()

    async def ask_one(second: Inquiry[Any, Any], value: str) -> Outcome[Any]:
        source = second.question.source
        # Of the lookups for one answer the first at each source has a vote: a citizen with ten companies must not
        # count ten times.
        voter = None if source in counted else asking.voter
        counted.add(source)
        lookup = msgspec.structs.replace(
            asking,
            transport=transports[second.transport],
            inquiries=[second],
            values={"value": value},
            about=value,
            voter=voter,
            sent=page.sent_for(asking.inquiries[0].name),
        )
        return (await _ask_guarded(lookup))[0][1]

    return ask_one


async def _ask_guarded(asking: SharedQuestion) -> list[InquiryOutcome[Any, Any]]:
    """Ask through the source's gate; failures are values."""
    source, agencies = asking.question.source, [inquiry.agency for inquiry in asking.inquiries]
    seconds = asking.until - time.monotonic()
    if seconds <= 0:
        # The first answer left no time for this lookup: nobody was asked, so nobody failed.
        return asking.for_all(gatekeeper.obstacle(source, agencies, datetime.now(UTC)) or Late())
    # Slowness is judged by the dataset's whole deadline, of which little may be left for a lookup.
    deadline = max(inquiry.deadline_s for inquiry in asking.inquiries)
    with gatekeeper.passage_through(source, agencies, asking.voter, deadline) as passage:
        if passage.bar is not None:
            return asking.for_all(passage.bar)
        try:
            found = await _ask_bounded(asking, seconds, passage)
        except Exception as error:
            # A fault of ours: leaving the gate without a vote says nothing about the source.
            return asking.for_all(_fault(source, error, asking.correlation_id))
        passage.vote([outcome for _, outcome in found])
    return [(inquiry, _with_beginning(outcome, passage.since)) for inquiry, outcome in found]


async def _ask_bounded(asking: SharedQuestion, seconds: float, passage: Passage) -> list[InquiryOutcome[Any, Any]]:
    try:
        async with asyncio.timeout(seconds):
            answer = await asking.transport.ask(asking.question, asking.values, sent=asking.sent)
    except TimeoutError:
        return asking.for_all(passage.overdue(Late()))
    passage.stop_clock()
    if isinstance(answer, AnswerText):
        return await intake.read(asking.transport, answer, asking.inquiries, asking.about)
    return asking.for_all(answer)


async def _follow(
    inquiry: Inquiry[Any, Any], first: Outcome[Any], ask_one: AskOne, page: PageRequest
) -> Outcome[Any]:
    """Look up what the answer only names; a fault in that concerns this inquiry only."""
    try:
        return await inquiry.follow(first, ask_one) if inquiry.follow else first
    except Exception as error:
        return _fault(inquiry.name, error, page.correlation_id)


def _fault(name: str, error: Exception, correlation_id: str) -> Down:
    """Turn a fault of ours into an outcome, and log it. name: of the source or inquiry."""
    # Log the type only: the message of an error can quote a value.
    log.error("%s failed: %s %s", name, type(error).__name__, correlation_id)
    return Down("fault", type(error).__name__)


def _with_beginning(outcome: Outcome[Any], since: datetime | None) -> Outcome[Any]:
    """Stamp a failure with the moment since which the source fails, where that is known."""
    if since is not None and isinstance(outcome, Down):
        return msgspec.structs.replace(outcome, since=since)
    return outcome


def _with_moment(outcome: Outcome[Any], now: datetime) -> Outcome[Any]:
    """Stamp a failure with the moment of the attempt; answers carry their own, skipped sources have none."""
    if isinstance(outcome, Late) or (isinstance(outcome, Down) and outcome.reason not in NOT_ASKED):
        return msgspec.structs.replace(outcome, asked_at=now)
    return outcome
