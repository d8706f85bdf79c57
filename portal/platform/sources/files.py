"""Pass on a file of a body while it arrives, whatever its size: journalled before and after, and never held whole.

Files have connections of their own, few for one citizen and few in a process, so that they hold up no question. The
gate of the source counts only the time until the file begins to arrive: after that a slow reader would look like a
slow source. Each part has a deadline. When the reader leaves, the connection to the source is closed too.
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

PART_SECONDS = 15.0  # that the source may take for the next part
LONGEST = 1800.0  # seconds that the source may take for all parts together
READER_SECONDS = 300.0  # that a reader may take for one part, of half a megabyte at most
TRUST = 5.0  # seconds after which is asked anew whether the reader may go on
AT_ONCE = 32  # files in a process
OF_ONE = 3  # of one citizen in a process

type MayGoOn = Callable[[], Awaitable[bool]]


class BrokenOffError(PortalError):
    """A file did not arrive whole. Its text is a word of ours for the log: what went wrong, nothing personal."""

    code = "broken-off"


@dataclass(slots=True)
class _Places:
    """How many files each citizen has under way in this process."""

    of: Counter[UUID] = field(default_factory=Counter)

    def take(self, citizen: UUID) -> Callable[[], None] | None:
        """Take a place for one more file; give what frees it, to be called once, or None for no place."""
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
    """A file that begins to arrive, or the reason why it does not.

    outcome: that reason, None where it arrives. size: bytes, None where the source does not say. media_type: as the
    source states it, "" for none; it may be wrong.
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
        """Give how the file ended; None while it arrives, and when it ended on the reader's side.

        That is when the reader left before its end, was too slow, or might not go on.
        """
        return self._result

    async def chunks(self) -> AsyncGenerator[bytes]:
        """Yield the parts of the file as they arrive. Raises BrokenOffError where it does not arrive whole.

        That is also raised when the session of the reader ended meanwhile, and when the reader took more than
        READER_SECONDS for a part, so that the connection was closed.
        """
        trusted_until = time.monotonic() + TRUST
        loop = asyncio.get_running_loop()
        while part := await self._part():
            if time.monotonic() > trusted_until:
                if not await self._may_go_on():
                    raise BrokenOffError("ended")
                trusted_until = time.monotonic() + TRUST
            # A reader who stays without reading holds a place and a connection that others wait for.
            timer = loop.call_later(READER_SECONDS, self.close)
            try:
                yield part
            finally:
                timer.cancel()
        self._result = Ready(None, datetime.now(UTC))

    def reject(self, why: str) -> None:
        """End with the result that this is not the file that was announced (a wrong digest).

        why: a word of ours, for the log and for operators.
        """
        self._result = Down("unreadable", why)

    def close(self) -> None:
        """Close the connection to the source, and free the place; a second call does nothing."""
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
    """Open a file about whoever is signed in; leaving the block ends it, however far it arrived.

    inquiry: of a registry; its value `registries.BELOW` is the path of the file, and its reader is not used.
    may_go_on: is awaited every few seconds while the file arrives, beside whether the session is live; what it raises
    ends the file. Failures come back as a value (`outcome`) until the file begins to arrive: Down("full") where too
    many are under way. Raises ValueError for a consultation about somebody else, or without a session.
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
    give_back = _places.take(session.citizen_id)
    try:
        file = OpenFile(await call.send(registry.open_file) if give_back else Down("full"), is_wanted, give_back)
        yield file
    finally:
        result = None
        if file is not None:
            file.close()
            result = file.result
            # It began to arrive, and then was too large or not what was announced: counted with what nobody read.
            if isinstance(result, Down) and result.reason == "unreadable" and file.outcome is None:
                unread.count(inquiry.name, [result.detail])
        elif give_back:
            give_back()
        await call.settle(result)
