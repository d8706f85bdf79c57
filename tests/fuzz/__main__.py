"""`python -m tests.fuzz [SECONDS] [SEED]`: ten minutes by default; stops at the first finding with what led to it.

Every answer parser of every body gets damaged samples (and published answers where they are there): none may raise,
and none may say "nothing" of an answer that had something to say. The small readers get random texts.
"""

import logging
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

from portal.platform.kit import incomplete_date, national_number
from portal.platform.sources.catalogue import Entry
from portal.platform.sources.reading.outcomes import Nothing, Outcome, Partial, Ready
from portal.platform.sources.reading.xml import UnreadableXml
from tests.agencies.samples import ENTRIES, JSON_ENTRIES, answers_of, content_of, published_of, read

from . import damage

MINUTES = 10
READERS: list[Callable[[str], object]] = [
    incomplete_date.read,
    incomplete_date.read_dotted,
    national_number.is_valid,
    national_number.birth_date_in,
    national_number.masked,
]


def corpus() -> list[tuple[Entry, Path, bytes, bool]]:
    """List every answer: its dataset, file and bytes, and whether it holds facts.

    (A published answer has a refusal beside a "no data": without the refusal it rightly says "nothing".)
    """
    found = []
    for entry in (*ENTRIES, *JSON_ENTRIES):
        published = published_of(entry) if entry in ENTRIES else []
        for file in (*answers_of(entry), *published):
            if file.name.endswith(".problem.json"):
                continue
            data = file.read_bytes()
            found.append((entry, file, data, isinstance(read(data, entry), Ready | Partial)))
    return found


def harmed(entry: Entry, data: bytes, chance: random.Random) -> bytes:
    """Damage an answer in its own way, or as any bytes."""
    if chance.random() < 0.4:
        return damage.bytes_harmed(data, chance)
    return (damage.json_harmed if entry.dataset.transport == "rest" else damage.xml_harmed)(data, chance)


def check(entry: Entry, data: bytes, says_something: bool) -> Outcome:
    """Read a damaged answer; raises where the portal would have hidden a fault, or told a lie."""
    outcome = read(data, entry)
    if says_something and isinstance(outcome, Nothing):
        raise AssertionError('damage was read as "nothing"')
    if entry.dataset.transport == "magda":
        try:
            content = content_of(data, entry)
        except UnreadableXml:
            return outcome
        except Exception as error:
            # Damage that the transport tells by itself never reaches a parse function.
            if type(error).__name__ == "_Unusable":
                return outcome
            raise
        if content is not None:
            list(entry.parse(content))
    return outcome


def main(seconds: float, seed: int) -> int:
    """Go on until the time is up; returns 1 at a finding."""
    logging.disable(logging.CRITICAL)
    chance = random.Random(seed)
    answers = corpus()
    until = time.monotonic() + seconds
    count = 0
    while time.monotonic() < until:
        entry, file, data, says_something = chance.choice(answers)
        broken = harmed(entry, data, chance)
        word = broken[:40].decode("latin-1")
        try:
            check(entry, broken, says_something)
            for reader in READERS:
                reader(word)
        except Exception as error:
            Path("fuzz-finding.bin").write_bytes(broken)
            print(f"finding after {count}: {entry.name}, {file.name}, seed {seed}: {error!r}; see fuzz-finding.bin")
            return 1
        count += 1
    print(f"no finding in {count} damaged answers of {len(answers)}, {seconds:.0f} seconds, seed {seed}")
    return 0


if __name__ == "__main__":
    given = [float(argument) for argument in sys.argv[1:]]
    sys.exit(main(given[0] if given else MINUTES * 60, int(given[1]) if len(given) > 1 else random.randrange(2**32)))
