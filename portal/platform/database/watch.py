"""Watch whether a database answers: once one caller has found that it does not, the others need not wait for it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from time import monotonic

# Seconds between two tries: short while callers still wait, then longer.
SOON, LATER = 0.05, 0.5
# The share of the patience within which a try must be answered.
ASKING = 0.5

log = logging.getLogger("portal.database")


class Watch:
    """Knows whether one database answers. Once in doubt, it keeps trying in the background until the database
    answers.
    """

    def __init__(self, name: str, ask: Callable[[], Awaitable[None]], patience: float) -> None:
        """name: for the log. ask: raises when the database does not answer, within its own time.

        patience: seconds that a database may be silent before nobody waits for it any more.
        """
        self._name = name
        self._patience = patience
        self._ask = ask
        self._since: float | None = None
        self._answers = asyncio.Event()
        self._answers.set()
        self._asking: asyncio.Task[None] | None = None

    def doubt(self, since: float) -> None:
        """Report that the database did not answer a statement of `since` (monotonic); the watch then tries it."""
        if self._asking is None:
            # New callers wait for one try, however long ago the statement went unanswered: often only one connection
            # is dead.
            self._since = max(since, monotonic() - (1 - ASKING) * self._patience)
            self._answers.clear()
            self._asking = asyncio.create_task(self._find_out())

    async def is_answering(self, until: float) -> bool:
        """Wait until the database answers, at most until `until` (monotonic); tells whether it does.

        Once it has been silent for the whole time that a caller may wait, callers are refused at once.
        """
        if self._since is None:
            return True
        left = min(until, self._since + self._patience) - monotonic()
        if left <= 0:
            return False
        try:
            async with asyncio.timeout(left):
                await self._answers.wait()
        except TimeoutError:
            return False
        return True

    async def wait_for_answer(self) -> None:
        """Wait until the database answers, however long that takes."""
        self.doubt(monotonic())
        await self._answers.wait()

    async def stop(self) -> None:
        """Stop trying."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait([self._asking])

    async def _find_out(self) -> None:
        since = self._since or monotonic()
        is_logged = False
        while (trouble := await self._trouble()) is not None:
            is_late = monotonic() - since >= self._patience
            if is_late and not is_logged:
                is_logged = True
                log.error("database %s does not answer: %s", self._name, trouble)
            await asyncio.sleep(LATER if is_late else SOON)
        if is_logged:
            log.warning("database %s answers again, after %.1f s", self._name, monotonic() - since)
        self._since = self._asking = None
        self._answers.set()

    async def _trouble(self) -> str | None:
        try:
            await self._ask()
        except Exception as error:
            # The message names the server and our role, nothing personal.
            return f"{type(error).__name__} {error}".partition("\n")[0]
        return None
