"""`python -m tests.fuzz [SECONDS] [SEED]`: ten minutes by default; stops at the first finding with what led to it.

Whatever a stranger sends gets damaged: answers of the bodies, what the transports read of them, what the sign-in
provider says, how any of it stands on the wire. None of it may raise anything but its room's own error, or be
believed. The small readers get random texts. For a tenth of the time a running portal is asked what machines could
ask, as its own document says. In ten minutes 100,000 random histories of notices are played against a model.
"""

import logging
import os
import random
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")
django.setup()

# Imported after the setup: some rooms read the settings at import.
from portal.platform.kit import incomplete_date, national_number
from portal.platform.sources.reading import dates, places
from tests.machines import questions

from . import bodies, dossiers, notices, sign_in, transports, wire

MINUTES = 10
FOR_MACHINES = 0.1  # of the time
FOR_HISTORIES = 0.3  # about: they are counted
HISTORIES = 100_000 / (MINUTES * 60)  # a second of all the time
# Bodies have most parsers by far.
ROOMS = {bodies: 5, dossiers: 1, transports: 2, sign_in: 2, wire: 2}
READERS: list[Callable[[str], object]] = [
    incomplete_date.read,
    dates.read,
    places.box_number,
    places.without_filler,
    national_number.is_valid,
    national_number.birth_date_in,
    national_number.mask,
]


def main(seconds: float, seed: int) -> int:
    """Go on until the time is up; returns 1 at a finding."""
    logging.disable(logging.CRITICAL)
    # A library's warning about an odd key or certificate is no finding.
    warnings.simplefilter("ignore")
    chance = random.Random(seed)
    rooms = {room.__name__.rpartition(".")[2]: (room.cases(), weight) for room, weight in ROOMS.items()}
    names, weights = list(rooms), [weight for _, weight in rooms.values()]
    counts: Counter[str] = Counter()
    until = time.monotonic() + seconds * (1 - FOR_MACHINES - FOR_HISTORIES)
    while time.monotonic() < until:
        (room,) = chance.choices(names, weights)
        case = chance.choice(rooms[room][0])
        broken = case.harm(case.data, chance)
        word = broken[:40].decode("latin-1")
        try:
            case.check(broken)
            for reader in READERS:
                reader(word)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            # BaseException, since a panic of a library in Rust is no Exception.
            Path("fuzz-finding.bin").write_bytes(broken)
            print(
                f"finding after {counts.total()}: {room}, {case.name}, seed {seed}: {error!r}; see fuzz-finding.bin"
            )
            return 1
        counts[room] += 1
    try:
        asked = questions.put_until(seconds * FOR_MACHINES, seed)
    except Exception as error:
        print(f"finding: a machine was answered otherwise than the document says, seed {seed}: {error!r}")
        return 1
    try:
        played = notices.play(round(seconds * HISTORIES), seed)
    except Exception as error:
        print(f"finding: a count of notices was wrong, seed {seed}: {error!r}")
        return 1
    listed = ", ".join(f"{counts[name]} of {len(rooms[name][0])} in {name}" for name in names)
    print(
        f"no finding in {counts.total()} damaged answers ({listed}), {asked} questions of machines and {played} "
        f"histories of notices, "
        f"{seconds:.0f} seconds, seed {seed}"
    )
    return 0


if __name__ == "__main__":
    given = [float(argument) for argument in sys.argv[1:]]
    sys.exit(main(given[0] if given else MINUTES * 60, int(given[1]) if len(given) > 1 else random.randrange(2**32)))
