"""Whoever seals for the town, ready to seal: keys, certificates and evidence are made once for many documents."""

import asyncio
import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import authority, sealing
from .authority import Authority


@dataclass
class Sealers:
    """Hold an authority, with what it says of its certificates from a moment on."""

    authority: Authority
    since: dt.datetime
    seconds: float
    _evidence: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path, now: dt.datetime, seconds: float) -> "Sealers":
        """Make those of the root and the keys in a folder, good for so many seconds."""
        return cls(authority.make(authority.root_in(folder), now, authority.keys_in(folder)), now, seconds)

    def is_fresh(self, now: dt.datetime) -> bool:
        """Tell whether what was made still holds."""
        return 0 <= (now - self.since).total_seconds() < self.seconds

    def sealed(self, pdf: bytes, now: dt.datetime, kind: str) -> bytes:
        """Seal a document, as good or in a way that is to be refused."""
        # Of a sealer who is refused there is no evidence that can be embedded.
        way = sealing.Way(level="B-LT" if kind == "good" else "B-T")
        if kind not in self._evidence:
            self._evidence[kind] = sealing.revocation_of(self.authority, kind, self.since)
        return asyncio.run(sealing.seal(pdf, self.authority, now, kind, way, revocation=self._evidence[kind]))
