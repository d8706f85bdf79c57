"""Make an attest as a body does: set its page and seal it, in a thread, since both take much processor time."""

import asyncio
import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .contents import Contents

# What can be wrong with the seal of an attest; WRONG_SEALERS are seals with a certificate that must be refused.
UNSEALED, CHANGED = "unsealed", "changed"
WRONG_SEALERS = ("revoked", "expired", "wrong-use", "not-yet-valid")
REVOCATION_LIFE_S = 3600.0  # for which lists and answers about revocation hold


@dataclass
class Maker:
    """Make attests with one set of sealers, which are read when first needed: importing their libraries takes
    seconds.

    `certificates` is the folder with the root certificate and the keys.
    """

    certificates: Path
    _known: Any = None  # a `seals.sealers.Sealers`, whose import is slow
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="attests"))

    async def make(self, contents: Contents, language: str, wrong: str, now: float) -> bytes:
        """Give an attest as PDF, at `now` in seconds since 1970.

        `wrong` is what is to be wrong with its seal: UNSEALED, CHANGED or one of WRONG_SEALERS; any other means
        nothing.
        """
        at = dt.datetime.fromtimestamp(now, dt.UTC).replace(microsecond=0)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._make, contents, language, wrong, at)

    def warm(self) -> None:
        """Begin to read the libraries and the keys, without waiting until that is done."""
        self._thread.submit(self._sealers, dt.datetime.now(dt.UTC).replace(microsecond=0))

    def _make(self, contents: Contents, language: str, wrong: str, at: dt.datetime) -> bytes:
        from sandbox.seals import paper

        plain = paper.attest(contents.title, contents.facts, at, language, (contents.sentence,))
        if wrong == UNSEALED:
            return plain
        sealed: bytes = self._sealers(at).seal(plain, at, wrong if wrong in WRONG_SEALERS else "good")
        return _change(sealed) if wrong == CHANGED else sealed

    def _sealers(self, at: dt.datetime) -> Any:
        from sandbox.seals.sealers import Sealers

        with self._lock:
            if self._known is None or not self._known.is_fresh(at):
                self._known = Sealers.of(self.certificates, at, REVOCATION_LIFE_S)
            return self._known


def _change(sealed: bytes) -> bytes:
    """Write another name over the town's in the document's metadata, as somebody might who tampers with it."""
    at = sealed.find(b"Modelstad", sealed.find(b"/Title"))
    return sealed[:at] + b"Wensstad!" + sealed[at + 9 :] if at > 0 else sealed + b"%"
