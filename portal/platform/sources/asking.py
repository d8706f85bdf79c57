"""The one way from a page to the bodies: journal the questions, take the answers that the session kept, ask for the
others, and store those.

It is the same for oneself, for a child and before there is a session (`Consultation`), whatever is asked (`Inquiry`).
Failures of ours become outcomes too: every inquiry ends with one.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from portal.platform.access import sessions
from portal.platform.access.types import Assurance, Session
from portal.platform.journal.types import Journalled

from . import fetch
from .fetch import PageRequest
from .inquiry import Consultation, Inquiry, InquiryOutcome
from .reading.outcomes import Down, Outcome, name_of
from .traces import log_lines, processing
from .traces.processing import StoredOutcomes

log = logging.getLogger("portal.sources")

SECONDS = fetch.PAGE_SECONDS  # that a page waits for all that it asks, at most
TRUST = 1.0  # seconds for which a session that was just found live is taken to be so still
NONE: frozenset[str] = frozenset()


def may_see(session: Session | None, inquiry: Inquiry[Any, Any]) -> bool:
    """Tell whether someone signed in surely enough for an inquiry; before there is a session, nothing is shown."""
    return session is None or session.identity.assurance >= Assurance[inquiry.assurance.upper()]


async def answers[K, T](
    consultation: Consultation,
    inquiries: Sequence[Inquiry[K, T]],
    *,
    again: frozenset[str] = NONE,
    seconds: float = fetch.PAGE_SECONDS,
) -> AsyncIterator[tuple[K, Outcome[T]]]:
    """Yield key and outcome of each inquiry, one by one, as `answers_together` does."""
    several = answers_together(consultation, inquiries, again=again, seconds=seconds)
    async with aclosing(several):
        async for found in several:
            for one in found:
                yield one


async def answers_together[K, T](
    consultation: Consultation,
    inquiries: Sequence[Inquiry[K, T]],
    *,
    again: frozenset[str] = NONE,
    seconds: float = fetch.PAGE_SECONDS,
) -> AsyncGenerator[list[tuple[K, Outcome[T]]]]:
    """Yield key and outcome of each inquiry, as soon as it is known; those named in `again` are asked anew.

    Outcomes that are known at one moment come in one list. Answers are kept for the session even when the reader
    leaves early; when the session ends meanwhile, no more answers are shown, and the others come as Down("fault").
    Nothing is asked or shown before it is journalled. seconds: for all inquiries together; those without an answer by
    then are late. Raises ValueError for a consultation about somebody else, which goes through `ask_and_judge`.
    """
    _refuse_another(consultation)
    proceeding = Proceeding(consultation, inquiries, again, seconds)
    finding = proceeding.outcomes()
    try:
        async for found in finding:
            yield [(inquiry.key, outcome) for inquiry, outcome in found]
    finally:
        await finding.aclose()
        await asyncio.shield(proceeding.settle(proceeding.asked))


async def answer[K, T](
    consultation: Consultation,
    inquiry: Inquiry[K, T],
    *,
    again: frozenset[str] = NONE,
    seconds: float = fetch.PAGE_SECONDS,
) -> Outcome[T]:
    """Give the outcome of one inquiry, as `answers` does."""
    found = [one async for one in answers(consultation, [inquiry], again=again, seconds=seconds)]
    return found[0][1]


async def all_answers[K, T](
    consultation: Consultation, inquiries: Sequence[Inquiry[K, T]], *, again: frozenset[str] = NONE
) -> list[tuple[K, Outcome[T]]] | None:
    """Give all outcomes at once; None when the session ended meanwhile, so that nothing may be shown.

    Answers are kept as by `answers`, even when the reader leaves early.
    """
    _refuse_another(consultation)
    proceeding = Proceeding(consultation, inquiries, again)
    try:
        found = [(one.key, outcome) async for several in proceeding.outcomes() for one, outcome in several]
    finally:
        await asyncio.shield(proceeding.settle(proceeding.asked))
    return found if await proceeding.is_live() else None


async def ask_and_judge[K, T, R](
    consultation: Consultation,
    inquiries: Sequence[Inquiry[K, T]],
    judge: Callable[[list[tuple[K, Outcome[T]]]], tuple[R, list[tuple[K, Outcome[T]]]]],
    *,
    again: frozenset[str] = NONE,
) -> R | None:
    """Get all outcomes, and let `judge` decide before anything is returned or kept; None when the session ended.

    judge: gives, for all outcomes, what to return and which outcomes to keep.
    """
    proceeding = Proceeding(consultation, inquiries, again)
    to_keep: list[InquiryOutcome[K, T]] = []
    try:
        found = [(one.key, outcome) async for several in proceeding.outcomes() for one, outcome in several]
        shown, approved = judge(found)
        to_keep = [(one, outcome) for key, outcome in approved for one, _ in proceeding.asked if one.key is key]
    finally:
        await asyncio.shield(proceeding.settle(to_keep))
    return shown if not proceeding.asked or await proceeding.is_live() else None


async def read_kept[K, T](
    consultation: Consultation, inquiries: Sequence[Inquiry[K, T]]
) -> list[tuple[K, Outcome[T]]]:
    """Read what the session has kept of these inquiries, in their order, without asking anybody.

    Each outcome is the answer, or else how the last try failed; an inquiry that was never asked is left out. The
    journal names only the answers that are opened. Raises ValueError as `answers_together` does.
    """
    _refuse_another(consultation)
    session = consultation.session
    assert session is not None  # noqa: S101 - without a session nothing is kept
    found: dict[str, Outcome[T]] = {
        inquiry.name: Down("assurance") for inquiry in inquiries if not may_see(session, inquiry)
    }
    allowed = [inquiry for inquiry in inquiries if inquiry.name not in found]
    records, troubles = await processing.find_kept(session, allowed)
    now = datetime.now(UTC)
    # An outcome about maintenance that has ended says nothing about now.
    found |= {name: trouble for name, trouble in troubles.items() if not _is_over(trouble, now)}
    if to_read := [inquiry for inquiry in allowed if inquiry.name in records]:
        try:
            found |= await processing.read_kept_answers(consultation, session, records, to_read)
        except Exception as error:
            log.error(
                "not journalled, so not looked at: %s %s", type(error).__name__, consultation.occasion.correlation_id
            )
            found |= {inquiry.name: Down("journal") for inquiry in to_read}
    return [(inquiry.key, found[inquiry.name]) for inquiry in inquiries if inquiry.name in found]


def _is_over(trouble: Outcome[Any], now: datetime) -> bool:
    return isinstance(trouble, Down) and trouble.until is not None and trouble.until <= now


def _refuse_another(consultation: Consultation) -> None:
    if consultation.is_about_another:
        raise ValueError("what is asked about another is judged before it is shown or kept")


async def keep[K, T](session: Session, inquiry: Inquiry[K, T], outcome: Outcome[T]) -> None:
    """Keep an answer that came before there was a session; if it cannot be stored, it will be asked again."""
    await processing.keep(session, [(inquiry, outcome)])


@dataclass(slots=True)
class Proceeding[K, T]:
    """One consultation under way: its kept answers, what was asked so far, and the journal's receipt.

    asked: the inquiries that were not answered from the store, each with its outcome.
    """

    consultation: Consultation
    inquiries: Sequence[Inquiry[K, T]]
    again: frozenset[str]
    seconds: float = fetch.PAGE_SECONDS
    asked: list[InquiryOutcome[K, T]] = field(default_factory=list)
    _kept: StoredOutcomes = field(default_factory=dict)
    _journalled: Journalled | None = None
    _began: float = field(default_factory=time.monotonic)
    _counts: Counter[str] = field(default_factory=Counter)
    _sent: log_lines.Sent = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse two inquiries of one name: journal and page could not tell their outcomes apart."""
        if len({inquiry.name for inquiry in self.inquiries}) != len(self.inquiries):
            raise ValueError("two inquiries of one consultation have the same name")

    async def outcomes(self) -> AsyncGenerator[list[InquiryOutcome[K, T]]]:
        """Yield an outcome for each inquiry, those of one moment together; failures of ours become outcomes too."""
        waiting = {inquiry.name: inquiry for inquiry in self.inquiries}
        finding = self._outcomes()
        try:
            async for found in finding:
                for inquiry, outcome in found:
                    del waiting[inquiry.name]
                    self._counts["kept" if inquiry.name in self._kept else name_of(outcome)] += 1
                yield found
        except Exception as error:
            self._log("asking failed", error)
        finally:
            await finding.aclose()
        if waiting:
            self._counts["down"] += len(waiting)
            yield [(inquiry, Down("fault", asked_at=datetime.now(UTC))) for inquiry in waiting.values()]

    async def settle(self, to_keep: Sequence[InquiryOutcome[K, T]]) -> None:
        """Journal how the consultation ended, store the answers that may be kept, and log a line about it."""
        if self._journalled is not None:
            await processing.end(
                self.consultation, self._journalled, self._kept, self.asked, to_keep, began=self._began
            )
        self._counts["left"] = len(self.inquiries) - self._counts.total()
        took = time.monotonic() - self._began
        log_lines.log_consultation(self._counts, took, self._sent, self.consultation.occasion.correlation_id)

    async def is_live(self) -> bool:
        """Tell whether the session has not ended meanwhile."""
        session = self.consultation.session
        return session is None or await sessions.is_live(session, now=datetime.now(UTC))

    async def _outcomes(self) -> AsyncGenerator[list[InquiryOutcome[K, T]]]:
        until = time.monotonic() + self.seconds
        session = self.consultation.session
        allowed = [one for one in self.inquiries if may_see(session, one)]
        if len(allowed) < len(self.inquiries):
            yield [(one, Down("assurance")) for one in self.inquiries if not may_see(session, one)]
        if not allowed:
            return
        try:
            async with asyncio.timeout(self.seconds):
                self._journalled, self._kept = await processing.start(self.consultation, allowed, self.again)
        except Exception as error:
            self._log("not journalled, so not asked", error)
            yield [(inquiry, Down("journal")) for inquiry in allowed]
            return
        arriving = self._arriving([one for one in allowed if one.name not in self._kept], self._journalled, until)
        try:
            if kept := [(one, self._kept[one.name]) for one in allowed if one.name in self._kept]:
                yield kept
            trusted_until = time.monotonic() + TRUST
            async for found in arriving:
                self.asked += found
                if time.monotonic() > trusted_until:
                    if not await self.is_live():
                        return
                    trusted_until = time.monotonic() + TRUST
                yield found
        finally:
            await arriving.aclose()

    def _arriving(
        self, to_ask: Sequence[Inquiry[K, T]], journalled: Journalled, until: float
    ) -> AsyncGenerator[list[InquiryOutcome[K, T]]]:
        consultation = self.consultation
        page = PageRequest(
            consultation.insz,
            consultation.occasion.correlation_id,
            max(until - time.monotonic(), 0.0),
            # Signing in asks a single question, and waits for no turn.
            has_turns=consultation.session is not None,
            sent=self._sent,
        )
        return fetch.ask_all(to_ask, page, journalled)

    def _log(self, failure: str, error: Exception) -> None:
        # Log the type only: the message of an error can quote a value.
        log.error("%s: %s %s", failure, type(error).__name__, self.consultation.occasion.correlation_id)
