"""A call for one inquiry, whose answer is not kept: to get a file (`files`) or to change something (`changing`).

It is about the citizen who is signed in, or was when they decided on it. It is journalled before and after, and goes
through the gate of its source within the inquiry's deadline.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from portal.platform.journal.types import Journalled

from . import asking
from .gates import gatekeeper
from .gates.gatekeeper import Passage
from .inquiry import Consultation, Inquiry
from .reading.outcomes import Down, Late, Outcome, name_of
from .traces import log_lines, processing

log = logging.getLogger("portal.sources")


@dataclass(slots=True)
class SingleCall:
    """One call under way. Call `begin`; where that gives None, `send` and, whatever happens, `settle`.

    is_change: it changes something, so an outcome that says that it was not sent must be certain of that.
    Raises ValueError for a consultation about somebody else.
    """

    consultation: Consultation
    inquiry: Inquiry[Any, Any]
    is_change: bool = False
    _journalled: Journalled | None = None
    _began: float = field(default_factory=time.monotonic)
    _sent: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Refuse a consultation about somebody else."""
        if self.consultation.is_about_another:
            raise ValueError("a call by itself is about whom it is made for")

    async def begin(self) -> Down | None:
        """Journal that the call is about to be sent; give why it may not be, None where it may."""
        if not asking.may_see(self.consultation.session, self.inquiry):
            return Down("assurance")
        try:
            async with asyncio.timeout(asking.SECONDS):
                self._journalled, _ = await processing.start(
                    self.consultation, [self.inquiry], frozenset((self.inquiry.name,))
                )
        except Exception as error:
            self._log("not journalled, so not asked", error)
            return Down("journal")
        return None

    async def send[T](self, transport: Callable[..., Awaitable[T | Down]], *more: Any) -> T | Down | Late:
        """Send it through the gate, by a transport's function that takes question, values, `more` and `sent`.

        Failures come back as values. Raises ValueError for a call that was not begun.
        """
        if self._journalled is None:
            raise ValueError("it is not journalled")
        try:
            return await self._pass_gate(transport, *more)
        except Exception as error:
            self._log(f"{self.inquiry.name} failed", error)
            return Down("fault", type(error).__name__)

    def read[A](self, reader: Callable[[A, Inquiry[Any, Any], str], Outcome[Any]], answer: A) -> Outcome[Any]:
        """Read an answer by a transport's function that takes answer, inquiry and number; a failure is a value."""
        try:
            return reader(answer, self.inquiry, self.consultation.insz)
        except Exception as error:
            self._log(f"{self.inquiry.name} was not read", error)
            return Down("fault", type(error).__name__)

    async def settle(self, outcome: Outcome[Any] | None) -> None:
        """Journal how the call ended, and log a line about it. outcome: None for a call that was left before its end.

        Raises ValueError for a call that was not begun.
        """
        if self._journalled is None:
            raise ValueError("it is not journalled")
        took, correlation_id = time.monotonic() - self._began, self.consultation.occasion.correlation_id
        ended = [] if outcome is None else [(self.inquiry, outcome)]
        log_lines.log_failure(ended, took, "+".join(self._sent) or "-", correlation_id)
        counts = Counter[str](["left" if outcome is None else name_of(outcome)])
        log_lines.log_consultation(counts, took, {self.inquiry.name: [self._sent]}, correlation_id)
        await asyncio.shield(processing.end(self.consultation, self._journalled, {}, ended, []))

    async def _pass_gate[T](self, transport: Callable[..., Awaitable[T | Down]], *more: Any) -> T | Down | Late:
        question, insz, deadline = self.inquiry.question, self.consultation.insz, self.inquiry.deadline_s
        values = {**self.inquiry.values, "insz": insz}
        found: T | Down | Late
        voter = gatekeeper.voter_of(insz)
        with gatekeeper.passage_through(question.source, [self.inquiry.agency], voter, deadline) as passage:
            if passage.bar is not None:
                return passage.bar
            try:
                async with asyncio.timeout(deadline):
                    found = await transport(question, values, *more, sent=self._sent)
            except TimeoutError:
                found = self._overdue(passage)
            passage.vote([found if isinstance(found, Late | Down) else None])
        if isinstance(found, Late | Down):
            return msgspec.structs.replace(found, asked_at=datetime.now(UTC))
        return found

    def _overdue(self, passage: Passage) -> Down | Late:
        """Give the outcome of a call that ran out of time; a change is late as soon as it had a connection.

        One that waited for that connection for most of its time then leaves without a vote: the source had little of
        it.
        """
        waiting = passage.waiting
        if self.is_change and waiting is not None and waiting.has_connection:
            if waiting.was_mostly_waiting:
                passage.leave()
            return Late()
        return passage.overdue(Late())

    def _log(self, what: str, error: Exception) -> None:
        # Log the type only: the message of an error can quote a value.
        log.error("%s: %s %s", what, type(error).__name__, self.consultation.occasion.correlation_id)
