"""Hand on a file of a body while it arrives, whatever its size: journalled before and after, and never held whole.

A file goes over connections apart, few for one citizen and few in a process, so that files under way hold up no
question. Its source's gate lets it in, and is left once the file begins: a reader who is slow is no slowness of the
source. Our own clock runs on each part. Whoever leaves ends it at the source too.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from portal.platform.access import sessions
from portal.platform.kit.errors import PortalError
from portal.platform.wire.calls import CallFailure, StreamedAnswer

from . import unread
from .inquiry import Consultation, Inquiry
from .reading.outcomes import Down, Late, Nothing, Outcome, Ready
from .single import SingleCall
from .transports import mutual_tls, registry

PART_SECONDS = 15.0  # that the next part of a file may take
LONGEST = 1800.0  # seconds for which one file waits for its source, all parts together
READER_SECONDS = 300.0  # that a reader may take for one part, of half a megabyte at most
TRUST = 5.0  # seconds for which a reader who might go on is taken to do so
AT_ONCE = 32  # files in a process
OF_ONE = 3  # of one citizen in a process

type MayGoOn = Callable[[], Awaitable[bool]]


class BrokenOffError(PortalError):
    """A file did not come whole."""

    code = "broken-off"


@dataclass(slots=True)
class _Places:
    """Who has files under way in this process, and how many."""

    of: Counter[UUID] = field(default_factory=Counter)

    def take(self, citizen: UUID) -> Callable[[], None] | None:
        """Take a place for one more; gives what frees it, once, or None where there was none."""
        if self.of.total() >= AT_ONCE or self.of[citizen] >= OF_ONE:
            return None
        self.of[citizen] += 1

        def give_back() -> None:
            self.of[citizen] -= 1
            if not self.of[citizen]:
                del self.of[citizen]

        return give_back


_places = _Places()


class OpenFile:
    """A file that begins to arrive, or why it does not.

    outcome: why there is none; None where it arrives. size: bytes, None where the source does not say. media_type: as
    the source says, "" for nothing; what the file is, only its bytes say.
    """

    def __init__(
        self,
        opened: StreamedAnswer | Down | Late | Nothing,
        may_go_on: MayGoOn,
        give_back: Callable[[], None] | None = None,
    ) -> None:
        self.outcome = None if isinstance(opened, StreamedAnswer) else opened
        self.size = opened.size if isinstance(opened, StreamedAnswer) else None
        self.media_type = opened.headers.get("content-type", "")[:200] if isinstance(opened, StreamedAnswer) else ""
        self._opened = opened
        self._may_go_on = may_go_on
        self._give_back = give_back
        self._is_left = False
        self._result: Outcome[None] | None = self.outcome
        self._waited = 0.0

    @property
    def result(self) -> Outcome[None] | None:
        """How it ended; None where its reader left it before its end."""
        return self._result

    async def chunks(self) -> AsyncGenerator[bytes]:
        """Give the file in the parts in which it arrives. Raises BrokenOffError where it does not come whole.

        That is also raised where who reads it may not go on, since their session has ended meanwhile, and where they
        did not take a part for so long that the source was let go.
        """
        trusted_until = time.monotonic() + TRUST
        loop = asyncio.get_running_loop()
        while part := await self._part():
            if time.monotonic() > trusted_until:
                if not await self._may_go_on():
                    raise BrokenOffError("ended")
                trusted_until = time.monotonic() + TRUST
            # Whoever reads nothing and stays holds a place and a connection that others wait for.
            timer = loop.call_later(READER_SECONDS, self.close)
            try:
                yield part
            finally:
                timer.cancel()
        self._result = Ready(None, datetime.now(UTC))

    def reject(self, why: str) -> None:
        """Say that what came is not the file that was promised (a wrong digest): that is how it ended.

        why: a word of ours, for the log and for operators.
        """
        self._result = Down("unreadable", why)

    def close(self) -> None:
        """Let the source go, and free the place; a second call does nothing."""
        self._is_left = True
        if isinstance(self._opened, StreamedAnswer):
            self._opened.close()
        give_back, self._give_back = self._give_back, None
        if give_back is not None:
            give_back()

    async def _part(self) -> bytes:
        if not isinstance(self._opened, StreamedAnswer) or self._is_left:
            raise BrokenOffError("nothing arrives")
        began = time.monotonic()
        part: bytes | CallFailure | None
        try:
            async with asyncio.timeout(min(PART_SECONDS, LONGEST - self._waited)):
                part = await self._opened.part()
        except TimeoutError:
            part = None
        self._waited += time.monotonic() - began
        if isinstance(part, bytes):
            return part
        self._result = Late(datetime.now(UTC)) if part is None else mutual_tls.failure_of(part)
        raise BrokenOffError("late" if part is None else part.detail)


@asynccontextmanager
async def open_file(
    consultation: Consultation, inquiry: Inquiry[Any, Any], *, may_go_on: MayGoOn | None = None
) -> AsyncIterator[OpenFile]:
    """Open a file about whoever is signed in; leaving the block ends it, however far it came.

    inquiry: as for what stands below a registry; its reader is not used. may_go_on: asked every few seconds beside
    whether the session is live. Whatever happens upstream comes back as a value until the file begins to arrive.
    Raises ValueError for a consultation about somebody else, or of nobody who is signed in.
    """
    call, session = SingleCall(consultation, inquiry), consultation.session
    if session is None:
        raise ValueError("a file is opened for whoever is signed in")

    async def is_wanted() -> bool:
        is_live = await sessions.is_live(session, now=datetime.now(UTC))
        return is_live and (may_go_on is None or await may_go_on())

    bar = await call.begin()
    if bar is not None:
        yield OpenFile(bar, is_wanted)
        return
    file: OpenFile | None = None
    place = _places.take(session.citizen_id)
    try:
        file = OpenFile(await call.send(registry.open_file) if place else Down("full"), is_wanted, place)
        yield file
    finally:
        result = None
        if file is not None:
            file.close()
            result = file.result
            if isinstance(result, Down) and result.reason == "unreadable" and file.outcome is None:
                unread.count(inquiry.name, [result.detail])
        elif place:
            place()
        await call.settle(result)
