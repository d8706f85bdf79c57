"""Make an attest as a body does: its page is set and sealed, in a thread of its own, since both take a processor."""

import asyncio
import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .contents import Contents

# What can be wrong with the seal of an attest; each but the first two is a certificate that nobody should believe.
UNSEALED, CHANGED = "unsealed", "changed"
WRONG_SEALERS = ("revoked", "expired", "wrong-use", "not-yet-valid")
SECONDS = 3600.0  # after which lists and answers about revocation are made anew


@dataclass
class Maker:
    """Hold who seals, once somebody was needed: reading the libraries takes seconds.

    certificates: the folder with the root and the keys.
    """

    certificates: Path
    _sealing: Any = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="attests"))

    async def made(self, contents: Contents, language: str, wrong: str, now: float) -> bytes:
        """Make an attest; wrong: what is to be wrong with its seal, "" for nothing. now: seconds since 1970."""
        at = dt.datetime.fromtimestamp(now, dt.UTC).replace(microsecond=0)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._made, contents, language, wrong, at)

    def warm(self) -> None:
        """Begin to read the libraries and the keys, without waiting for it."""
        self._thread.submit(self._sealer, dt.datetime.now(dt.UTC).replace(microsecond=0))

    def _made(self, contents: Contents, language: str, wrong: str, at: dt.datetime) -> bytes:
        from sandbox.seals import paper

        plain = paper.page(contents.title, contents.facts, at, language, (contents.sentence,))
        if wrong == UNSEALED:
            return plain
        made: bytes = self._sealer(at).sealed(plain, at, wrong if wrong in WRONG_SEALERS else "good")
        return _change(made) if wrong == CHANGED else made

    def _sealer(self, at: dt.datetime) -> Any:
        from sandbox.seals.sealers import Sealers

        with self._lock:
            if self._sealing is None or not self._sealing.is_fresh(at):
                self._sealing = Sealers.of(self.certificates, at, SECONDS)
            return self._sealing


def _change(made: bytes) -> bytes:
    """Let somebody write another name over the first one of the document's own description."""
    at = made.find(b"Modelstad", made.find(b"/Title"))
    return made[:at] + b"Wensstad!" + made[at + 9 :] if at > 0 else made + b"%"
