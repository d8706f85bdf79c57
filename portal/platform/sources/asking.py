"""The one way from a page to the bodies: written down, what is kept answered at once, the rest asked, and settled.

It is the same for oneself, for a child and before there is a session (`Consultation`), and whatever is made of an
answer (`Inquiry`). Whatever fails on our side becomes an outcome too: nothing that is asked stays without one.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from portal.platform.access import sessions
from portal.platform.access.types import Assurance, Session
from portal.platform.journal.types import Journalled

from . import fetch, processing
from .fetch import Asked, Page
from .inquiry import Consultation, Inquiry
from .processing import Kept
from .reading.outcomes import Down, Outcome

log = logging.getLogger("portal.sources")

TRUST = 1.0  # seconds for which a session that was there is taken to be there still
NONE: frozenset[str] = frozenset()


def may_see(session: Session | None, inquiry: Inquiry[Any, Any]) -> bool:
    """Tell whether someone signed in surely enough for something; before there is a session, it is not shown."""
    return session is None or session.identity.assurance >= Assurance[inquiry.assurance.upper()]


async def answers[K, T](
    consultation: Consultation,
    inquiries: Sequence[Inquiry[K, T]],
    *,
    again: frozenset[str] = NONE,
    seconds: float = fetch.PAGE_SECONDS,
) -> AsyncIterator[tuple[K, Outcome[T]]]:
    """Yield key and outcome of each inquiry, as soon as it is known; those named in `again` are asked anew.

    What arrived is kept for the session also when the reader leaves half-way; when the session ends meanwhile,
    nothing more is shown. What cannot be written in the journal first is neither asked nor shown. seconds: for it
    all; what has not come by then is late. Raises ValueError for what is about another: that is to be `judged`.
    """
    _is_own(consultation)
    proceeding = Proceeding(consultation, inquiries, again, seconds)
    finding = proceeding.found()
    try:
        async for inquiry, outcome in finding:
            yield inquiry.key, outcome
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
    """Read or ask one thing, as `answers` does."""
    found = [one async for one in answers(consultation, [inquiry], again=again, seconds=seconds)]
    return found[0][1]


async def whole[K, T](
    consultation: Consultation, inquiries: Sequence[Inquiry[K, T]], *, again: frozenset[str] = NONE
) -> list[tuple[K, Outcome[T]]] | None:
    """Read or ask it all, and wait for all of it; None when the session ended meanwhile: nothing may be shown.

    What arrived is kept, as `answers` does, also when the reader leaves before the end.
    """
    _is_own(consultation)
    proceeding = Proceeding(consultation, inquiries, again)
    try:
        found = [(inquiry.key, outcome) async for inquiry, outcome in proceeding.found()]
    finally:
        await asyncio.shield(proceeding.settle(proceeding.asked))
    return found if await proceeding.is_live() else None


async def judged[K, T, R](
    consultation: Consultation,
    inquiries: Sequence[Inquiry[K, T]],
    judge: Callable[[list[tuple[K, Outcome[T]]]], tuple[R, list[tuple[K, Outcome[T]]]]],
    *,
    again: frozenset[str] = NONE,
) -> R | None:
    """Read or ask it all, and let it be judged before any of it leaves here or is kept; None when the session ended.

    judge: from what came, what is shown of it, and what may be kept of it.
    """
    proceeding = Proceeding(consultation, inquiries, again)
    to_keep: list[Asked[K, T]] = []
    try:
        shown, approved = judge([(inquiry.key, outcome) async for inquiry, outcome in proceeding.found()])
        to_keep = [(one, outcome) for key, outcome in approved for one, _ in proceeding.asked if one.key is key]
    finally:
        await asyncio.shield(proceeding.settle(to_keep))
    return shown if not proceeding.asked or await proceeding.is_live() else None


async def kept[K, T](consultation: Consultation, inquiries: Sequence[Inquiry[K, T]]) -> list[tuple[K, Outcome[T]]]:
    """Read what the session has kept; nobody is asked anything, and what is not there was not asked yet.

    The journal names what is looked at, and no more. Raises ValueError for what is about another, as `answers` does.
    """
    _is_own(consultation)
    session = consultation.session
    assert session is not None  # the caller's: without a session nothing is kept  # noqa: S101
    allowed = [inquiry for inquiry in inquiries if may_see(session, inquiry)]
    forbidden: list[tuple[K, Outcome[T]]] = [
        (inquiry.key, Down("assurance")) for inquiry in inquiries if not may_see(session, inquiry)
    ]
    names = await processing.kept_names(session, allowed)
    to_read = [inquiry for inquiry in allowed if inquiry.name in names]
    if not to_read:
        return forbidden
    try:
        journalled, read = await processing.start(consultation, to_read, NONE)
    except Exception as error:
        log.error(
            "not journalled, so not looked at: %s %s", type(error).__name__, consultation.occasion.correlation_id
        )
        return [*((inquiry.key, Down("journal")) for inquiry in to_read), *forbidden]
    await processing.end(consultation, journalled, read, [], [])
    return [*((inquiry.key, read[inquiry.name]) for inquiry in to_read if inquiry.name in read), *forbidden]


def _is_own(consultation: Consultation) -> None:
    if consultation.is_about_another:
        raise ValueError("what is asked about another is judged before it is shown or kept")


async def keep[K, T](session: Session, inquiry: Inquiry[K, T], outcome: Outcome[T]) -> None:
    """Keep an answer that was asked before there was a session; what cannot be kept now is asked again."""
    await processing.keep(session, [(inquiry, outcome)])


@dataclass(slots=True)
class Proceeding[K, T]:
    """One consultation under way: what was kept, what was asked, and what the journal gave for it."""

    consultation: Consultation
    inquiries: Sequence[Inquiry[K, T]]
    again: frozenset[str]
    seconds: float = fetch.PAGE_SECONDS
    asked: list[Asked[K, T]] = field(default_factory=list)
    _kept: Kept = field(default_factory=dict)
    _journalled: Journalled | None = None

    def __post_init__(self) -> None:
        """Refuse two of one name: journal and page would take the outcome of one for that of both."""
        if len({inquiry.name for inquiry in self.inquiries}) != len(self.inquiries):
            raise ValueError("two inquiries of one consultation have the same name")

    async def found(self) -> AsyncGenerator[Asked[K, T]]:
        """Yield an outcome for each inquiry; whatever fails here is one as well."""
        waiting = {inquiry.name: inquiry for inquiry in self.inquiries}
        finding = self._found()
        try:
            async for inquiry, outcome in finding:
                del waiting[inquiry.name]
                yield inquiry, outcome
        except Exception as error:
            self._log("asking failed", error)
        finally:
            await finding.aclose()
        for inquiry in waiting.values():
            yield inquiry, Down("fault", asked_at=datetime.now(UTC))

    async def settle(self, to_keep: Sequence[Asked[K, T]]) -> None:
        """Write down how it ended, and keep what may be kept."""
        if self._journalled is not None:
            await processing.end(self.consultation, self._journalled, self._kept, self.asked, to_keep)

    async def is_live(self) -> bool:
        """Tell whether the session has not ended meanwhile."""
        session = self.consultation.session
        return session is None or await sessions.is_live(session, now=datetime.now(UTC))

    async def _found(self) -> AsyncGenerator[Asked[K, T]]:
        until = time.monotonic() + self.seconds
        allowed: list[Inquiry[K, T]] = []
        for inquiry in self.inquiries:
            if may_see(self.consultation.session, inquiry):
                allowed.append(inquiry)
            else:
                yield inquiry, Down("assurance")
        if not allowed:
            return
        try:
            async with asyncio.timeout(self.seconds):
                self._journalled, self._kept = await processing.start(self.consultation, allowed, self.again)
        except Exception as error:
            self._log("not journalled, so not asked", error)
            for inquiry in allowed:
                yield inquiry, Down("journal")
            return
        arriving = self._arriving([one for one in allowed if one.name not in self._kept], self._journalled, until)
        try:
            for inquiry in allowed:
                if inquiry.name in self._kept:
                    yield inquiry, self._kept[inquiry.name]
            trusted_until = time.monotonic() + TRUST
            async for found in arriving:
                self.asked.append(found)
                if time.monotonic() > trusted_until:
                    if not await self.is_live():
                        return
                    trusted_until = time.monotonic() + TRUST
                yield found
        finally:
            await arriving.aclose()

    def _arriving(
        self, to_ask: Sequence[Inquiry[K, T]], journalled: Journalled, until: float
    ) -> AsyncGenerator[Asked[K, T]]:
        consultation = self.consultation
        page = Page(
            consultation.insz,
            consultation.occasion.correlation_id,
            max(until - time.monotonic(), 0.0),
            # Signing in asks one question, and waits for it no longer than it must.
            has_turns=consultation.session is not None,
        )
        return fetch.ask_all(to_ask, page, journalled)

    def _log(self, what: str, error: Exception) -> None:
        # The type only: a message can quote a value.
        log.error("%s: %s %s", what, type(error).__name__, self.consultation.occasion.correlation_id)
