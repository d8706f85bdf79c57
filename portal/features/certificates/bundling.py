"""Have several certificates made, one after another, and write each into a ZIP at once: one document is held.

One that failed for a reason that may pass is asked for once more at the end. Each ends with a result of its own.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import datetime
from typing import NamedTuple

from portal.platform.access.types import SignedInRequest
from portal.platform.kit.folding import fold
from portal.platform.ui import file_names, zipping
from portal.platform.ui.zipping import GrowingZip

from . import bundle_text, naming, obtaining, wording
from .choosing import CertificateChoice
from .looking import FoundOffers, OfferOfBody
from .obtaining import CertificateResult
from .types import LARGEST, NotHanded

MOST_BYTES = (
    LARGEST - 1024 * 1024
)  # of all documents together; the rest is for the directory and the read-me of the ZIP
LEAST_ROOM = 64 * 1024  # bytes; with less left, no certificate is asked for, as none would fit
SECONDS = 120.0  # for all certificates of a ZIP
PAUSE = 2.0  # seconds before those that failed are asked for again


class StepResult(NamedTuple):
    """The result of one of the chosen certificates; at: its place among them. name: of its file, "" without one."""

    at: int
    offered: OfferOfBody
    result: CertificateResult
    language: str
    name: str = ""


class StepBegun(NamedTuple):
    """A certificate, by its place among the chosen ones, is being asked for. is_again: for the second time."""

    at: int
    is_again: bool


type BundleStep = StepBegun | StepResult | bytes


class ZipMaking:
    """One ZIP while it is made. done: the results so far, by places among the chosen certificates."""

    def __init__(self, request: SignedInRequest, found: FoundOffers, choice: CertificateChoice, at: datetime) -> None:
        self.done: dict[int, StepResult] = {}
        self._request, self._chosen, self._gaps, self._choice = request, found.offers, found.gaps, choice
        self._at, self._zip = at, GrowingZip(at)
        self._names: set[str] = {fold(zipping.READ_ME)}
        self._bytes = 0
        self._until = time.monotonic() + SECONDS

    @property
    def made(self) -> list[StepResult]:
        """List the results that are in the ZIP, in the order in which they were chosen."""
        return [step for _, step in sorted(self.done.items()) if step.name]

    @property
    def failed(self) -> list[StepResult]:
        """List the results without a document, in the same order."""
        return [step for _, step in sorted(self.done.items()) if not step.name]

    async def steps(self) -> AsyncIterator[BundleStep]:
        """Give each step when it happens, and between them the bytes of the ZIP."""
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
            text = bundle_text.write(self.made, self.failed, self._gaps, self._at)
            yield self._zip.add(zipping.READ_ME, text)
            yield self._zip.end()

    async def _step(self, at: int, later: list[int], *, is_again: bool) -> AsyncIterator[BundleStep]:
        offered = self._chosen[at]
        language = self._choice.language_of(offered.offer.languages)
        yield StepBegun(at, is_again)
        result = await self._obtain(offered, language)
        if result.why in wording.PASSING and not is_again:
            later.append(at)
            return
        if result.document is None:
            self.done[at] = StepResult(at, offered, result, language)
            yield self.done[at]
            return
        name = file_names.another(naming.file_name(offered.offer, language, result.at), naming.PDF, self._names)
        self._bytes += len(result.document.content)
        piece = self._zip.add(name, result.document.content)
        # The document is in the ZIP by now, and is not held any more.
        self.done[at] = StepResult(at, offered, result._replace(document=None), language, name)
        yield piece
        yield self.done[at]

    async def _obtain(self, offered: OfferOfBody, language: str) -> CertificateResult:
        if time.monotonic() > self._until:
            return CertificateResult(self._at, NotHanded.NO_TIME)
        if MOST_BYTES - self._bytes < LEAST_ROOM:
            return CertificateResult(self._at, NotHanded.NO_ROOM)
        result = await obtaining.obtain(self._request, offered.offer, language)
        size = len(result.document.content) if result.document else 0
        return result._replace(why=NotHanded.NO_ROOM, document=None) if self._bytes + size > MOST_BYTES else result
