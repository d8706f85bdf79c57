"""Make what the seal program judges as it is loaded (`platform/seals/primer.bin`): python -m tests.seals.primer.

A small sealed page of the model town, with the trust and the moment by which its seal is good. Nothing of anybody is
in it, and nobody trusts its authority.
"""

import asyncio
import datetime as dt
from pathlib import Path

import msgspec

from portal.platform import seals
from portal.platform.seals.checking import HEAD_BYTES
from portal.platform.seals.types import Trust
from sandbox.seals import authority, paper, sealing

FILE = Path(seals.__file__).with_name("primer.bin")
NUMBER = "84651421235"


def make_primer(now: dt.datetime) -> bytes:
    """Seal a page, and write it as the program is given it."""
    town = authority.make(authority.new_root(now), now)
    pdf = asyncio.run(sealing.seal(paper.attest("Voorbeeld", (("Nummer", NUMBER),), now), town, now))
    head = msgspec.json.encode(Trust((town.root.der,), now, about=NUMBER))
    return len(head).to_bytes(HEAD_BYTES) + head + pdf


if __name__ == "__main__":
    FILE.write_bytes(make_primer(dt.datetime.now(dt.UTC).replace(microsecond=0)))
