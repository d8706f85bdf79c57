"""Have several certificates made, one after another, and write each into a ZIP as it comes: only one is held.

What did not come by a trouble that passes is asked once more at the end. Everything ends with an outcome of its own.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import NamedTuple

from portal.platform.access.types import SignedInRequest
from portal.platform.kit.folding import fold
from portal.platform.ui import file_names, zipping
from portal.platform.ui.zipping import GrowingZip

from . import bundle_text, naming, obtaining, wording
from .choosing import CertificateChoice
from .looking import OfferOfBody
from .obtaining import Obtained
from .types import LARGEST, NotHanded

MOST_BYTES = LARGEST - 1024 * 1024  # of all documents together; the rest is for what a ZIP puts around them
LEAST_ROOM = 64 * 1024  # bytes; where less is left, nothing is asked that could not be taken along
SECONDS = 120.0  # for all of them
PAUSE = 2.0  # seconds before what failed is asked again


class StepResult(NamedTuple):
    """What came of one of those that were chosen; `at` is its place among them. name: of its file, "" without one."""

    at: int
    one: OfferOfBody
    came: Obtained
    language: str
    name: str = ""


class StepBegun(NamedTuple):
    """One is being asked for. is_again: for the second time."""

    at: int
    is_again: bool


type BundleStep = StepBegun | StepResult | bytes


class ZipMaking:
    """The making of one ZIP; `done` has an outcome for each that was chosen when it is over."""

    def __init__(
        self, request: SignedInRequest, chosen: Sequence[OfferOfBody], choice: CertificateChoice, at: datetime
    ) -> None:
        self.done: dict[int, StepResult] = {}
        self._request, self._chosen, self._choice = request, chosen, choice
        self._at, self._zip = at, GrowingZip(at)
        self._names: set[str] = {fold(zipping.READ_ME)}
        self._bytes = 0
        self._until = time.monotonic() + SECONDS

    @property
    def made(self) -> list[StepResult]:
        """List those that are in the ZIP, in the order in which they were chosen."""
        return [one for _, one in sorted(self.done.items()) if one.name]

    @property
    def failed(self) -> list[StepResult]:
        """List those that could not be made."""
        return [one for _, one in sorted(self.done.items()) if not one.name]

    async def steps(self) -> AsyncIterator[BundleStep]:
        """Give each step as it is there, and the bytes of the ZIP that are ready after it."""
        later: list[int] = []
        for at in range(len(self._chosen)):
            async for step in self._step(at, later, is_again=False):
                yield step
        if later and time.monotonic() + PAUSE < self._until:
            await asyncio.sleep(PAUSE)
        for at in later:
            async for step in self._step(at, [], is_again=True):
                yield step
        if self.made:
            text = bundle_text.write(self.made, self.failed, self._at)
            yield self._zip.add(zipping.READ_ME, text)
            yield self._zip.end()

    async def _step(self, at: int, later: list[int], *, is_again: bool) -> AsyncIterator[BundleStep]:
        one = self._chosen[at]
        language = self._choice.language_of(one.offer.languages)
        yield StepBegun(at, is_again)
        came = await self._obtain(one, language)
        if came.why in wording.PASSING and not is_again:
            later.append(at)
            return
        if came.document is None:
            self.done[at] = StepResult(at, one, came, language)
            yield self.done[at]
            return
        name = file_names.another(naming.file_name(one.offer, language, came.at), naming.PDF, self._names)
        self._bytes += len(came.document.content)
        piece = self._zip.add(name, came.document.content)
        # What is remembered of it is only what came of it.
        self.done[at] = StepResult(at, one, came._replace(document=None), language, name)
        yield piece
        yield self.done[at]

    async def _obtain(self, one: OfferOfBody, language: str) -> Obtained:
        if time.monotonic() > self._until:
            return Obtained(self._at, NotHanded.NO_TIME)
        if MOST_BYTES - self._bytes < LEAST_ROOM:
            return Obtained(self._at, NotHanded.NO_ROOM)
        came = await obtaining.obtain(self._request, one.offer, language)
        size = len(came.document.content) if came.document else 0
        return came._replace(why=NotHanded.NO_ROOM, document=None) if self._bytes + size > MOST_BYTES else came
