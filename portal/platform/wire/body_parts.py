"""The body of an HTTP answer, handed on in parts as it arrives.

The connection is not read while over MOST_WAITING bytes wait.
"""

import asyncio
from collections import deque

from .errors import WireError

MOST_WAITING = 256 * 1024  # bytes, above which the connection is not read


class BodyParts:
    """The parts of a body that arrived and were not taken yet, and how it ended; only one task may take them."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._parts: deque[bytes] = deque()
        self._size = 0
        self._is_paused = False
        self._end: WireError | bool = False
        self._coming: asyncio.Future[None] | None = None

    def put(self, part: bytes) -> None:
        """Add a part that arrived."""
        self._parts.append(part)
        self._size += len(part)
        if self._size > MOST_WAITING and not self._is_paused:
            self._is_paused = True
            self._transport.pause_reading()
        self._wake()

    def end(self, error: WireError | None = None) -> None:
        """Note that no more comes: the body is whole, or an error cut it off."""
        if self._end is False:
            self._end = True if error is None else error
            self._wake()

    async def take(self) -> bytes:
        """Give all bytes that wait, once there are any; b"" at the end. Raises WireError where it is cut off."""
        while not self._parts:
            if isinstance(self._end, WireError):
                raise self._end
            if self._end:
                return b""
            self._coming = asyncio.get_running_loop().create_future()
            await self._coming
        taken = b"".join(self._parts)
        self._parts.clear()
        self._size = 0
        if self._is_paused:
            self._is_paused = False
            if not self._transport.is_closing():
                self._transport.resume_reading()
        return taken

    def _wake(self) -> None:
        coming, self._coming = self._coming, None
        if coming is not None and not coming.done():
            coming.set_result(None)
