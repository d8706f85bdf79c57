"""Stream the bytes of a copy to its citizen, a part at a time, for as long as they are signed in.

Where a part is damaged, or the session ends, the response is broken off without its end, so browsers treat the
download as failed.
"""

import time
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from uuid import UUID

from django.core.exceptions import RequestAborted

from portal.platform.access import sessions
from portal.platform.access.types import SignedInRequest

from ..copies import reading
from ..copies.reading import CopyDamagedError
from ..copies.types import CopyExtent

TRUST = 5.0  # seconds from one check of a session to the next


class LiveSession:
    """Checks, at most every TRUST seconds, that the citizen who downloads something is still signed in."""

    def __init__(self, request: SignedInRequest) -> None:
        self._session = request.session
        self._until = time.monotonic() + TRUST

    async def go_on(self) -> None:
        """Raise RequestAborted where the session has ended."""
        if time.monotonic() < self._until:
            return
        if not await sessions.is_live(self._session, now=datetime.now(UTC)):
            raise RequestAborted
        self._until = time.monotonic() + TRUST


async def pieces(request: SignedInRequest, copy_id: UUID, item: int, extent: CopyExtent) -> AsyncGenerator[bytes]:
    """Yield the bytes of an item. Raise RequestAborted where it is damaged, or the citizen's session has ended."""
    live = LiveSession(request)
    try:
        async for chunk in reading.chunks(request.session.citizen_id, copy_id, item, extent):
            await live.go_on()
            yield chunk
    except CopyDamagedError:
        raise RequestAborted from None
