"""Seal many documents for the town with keys, certificates and revocation data that are made once."""

import asyncio
import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import authority, sealing
from .authority import Authority


@dataclass
class Sealers:
    """Hold an authority, and its revocation data by kind of sealer, both good for `seconds` from `since` on."""

    authority: Authority
    since: dt.datetime
    seconds: float
    _revocation: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path, now: dt.datetime, seconds: float) -> "Sealers":
        """Issue certificates below the root and with the keys of a folder (`authority.root_in`, `keys_in`)."""
        return cls(authority.make(authority.root_in(folder), now, authority.keys_in(folder)), now, seconds)

    def is_fresh(self, now: dt.datetime) -> bool:
        """Tell whether the revocation data still holds."""
        return 0 <= (now - self.since).total_seconds() < self.seconds

    def seal(self, pdf: bytes, now: dt.datetime, kind: str) -> bytes:
        """Give a PDF with the seal of a kind of sealer: `good`, or one of `authority.REFUSABLE`."""
        # pyHanko embeds no validation data that shows a certificate to be refused.
        options = sealing.SealOptions(level="B-LT" if kind == "good" else "B-T")
        if kind not in self._revocation:
            self._revocation[kind] = sealing.revocation_of(self.authority, kind, self.since)
        return asyncio.run(sealing.seal(pdf, self.authority, now, kind, options, revocation=self._revocation[kind]))
