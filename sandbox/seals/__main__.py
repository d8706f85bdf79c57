"""Write sealed attests to a folder, to try a check with: good ones of each level, and some that are to be refused.

`python -m sandbox.seals FOLDER`, with the root of `make run` (SANDBOX_CERTIFICATES, else `.local/certificates`).
"""

import asyncio
import datetime as dt
import logging
import os
import sys
from pathlib import Path

from . import authority, paper, sealing
from .sealing import LEVELS, Way

FACTS = (("Naam", "Lies Verhaegen"), ("Geboren", "23 mei 1984"))


def main(arguments: list[str]) -> int:
    """Write the attests; give the exit code."""
    if len(arguments) != 1:
        sys.stderr.write("sandbox.seals: name one folder to write to.\n")
        return 2
    # pyHanko warns that it fetches nothing, which is meant so.
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
    plain = paper.page("Attest van gezinssamenstelling", FACTS, now)
    (folder / "unsealed.pdf").write_bytes(plain)
    for level in LEVELS:
        made = asyncio.run(sealing.seal(plain, town, now, way=Way(level=level)))
        (folder / f"good-{level}.pdf").write_bytes(made)
    for kind in authority.REFUSABLE:
        made = asyncio.run(sealing.seal(plain, town, now, kind, Way(level="B-T")))
        (folder / f"{kind}.pdf").write_bytes(made)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
