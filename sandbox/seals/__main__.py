"""Write sealed attests to a folder, to try a validator with: good ones of each PAdES level, and some to be refused.

`python -m sandbox.seals FOLDER`, with the root of `make run` (SANDBOX_CERTIFICATES, else `.local/certificates`).
"""

import asyncio
import datetime as dt
import logging
import os
import sys
from pathlib import Path

from . import authority, paper, sealing
from .sealing import LEVELS, SealOptions

FACTS = (("Naam", "Lies Verhaegen"), ("Geboren", "23 mei 1984"))


def main(arguments: list[str]) -> int:
    """Write the attests; give the exit code: 2 for wrong arguments, 1 when the root cannot be read."""
    if len(arguments) != 1:
        sys.stderr.write("sandbox.seals: name one folder to write to.\n")
        return 2
    # pyHanko warns at each seal that it fetches no revocation data; `sealing.evidence` hands it that data instead.
    logging.disable(logging.WARNING)
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    keys = Path(os.environ.get("SANDBOX_CERTIFICATES") or ".local/certificates")
    try:
        town = authority.make(authority.root_in(keys), now)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"sandbox.seals: {error}; `make run` makes the root.\n")
        return 1
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    plain = paper.attest("Attest van gezinssamenstelling", FACTS, now)
    (folder / "unsealed.pdf").write_bytes(plain)
    for level in LEVELS:
        sealed = asyncio.run(sealing.seal(plain, town, now, options=SealOptions(level=level)))
        (folder / f"good-{level}.pdf").write_bytes(sealed)
    for kind in authority.REFUSABLE:
        sealed = asyncio.run(sealing.seal(plain, town, now, kind, SealOptions(level="B-T")))
        (folder / f"{kind}.pdf").write_bytes(sealed)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
