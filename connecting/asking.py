"""Measure how long a dataset's source takes to answer; only ever about people who cannot exist.

This goes past the gates and the session: nobody's data is asked for, nothing is kept.
"""

import asyncio
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from portal.platform.kit import national_number
from portal.platform.sources.catalogue import Askable
from portal.platform.sources.datasets import alone
from portal.platform.sources.fetch import TRANSPORTS
from portal.platform.sources.reading.outcomes import Down, name_of
from portal.platform.sources.transports.answer import AnswerText

from .contract.people import is_about_people
from .contract.readings import is_test_number
from .samples import answers_of, key_of, read_sample

TIMES = 5


class Measured(msgspec.Struct, frozen=True):
    """The median in milliseconds, None when nobody answered; and how the last one ended, or why not."""

    ms: float | None
    said: str


async def measure(
    entry: Askable,
    *,
    transports: Mapping[str, Any] = TRANSPORTS,
    clock: Callable[[], float] = time.monotonic,
) -> Measured:
    """Ask a source five times about the first person, or company, of the samples with data; never raises."""
    key = _somebody(entry)
    if key is None or not (is_test_number(key) or (not is_about_people(entry) and not national_number.is_valid(key))):
        return Measured(None, "nobody to ask about")
    transport = transports[entry.service.transport]
    values = {entry.placeholder: key}
    took: list[float] = []
    said = ""
    for _ in range(TIMES):
        started = clock()
        try:
            async with asyncio.timeout(entry.dataset.deadline_s):
                answer = await transport.ask(entry.question, values, sent=[])
        except TimeoutError:
            return Measured(None, "late")
        except Exception as error:
            # Missing settings, for one: a certificate that is not there.
            return Measured(None, type(error).__name__)
        if isinstance(answer, Down) and answer.reason == "connection":
            return Measured(None, "no connection")
        took.append((clock() - started) * 1000)
        outcome = transport.read(answer, alone(entry), key) if isinstance(answer, AnswerText) else answer
        said = f"{name_of(outcome)}: {outcome.reason}" if isinstance(outcome, Down) else name_of(outcome)
    return Measured(statistics.median(took), said)


def _somebody(entry: Askable) -> str | None:
    for file in answers_of(entry):
        key = key_of(file)
        try:
            if key.isdigit() and name_of(read_sample(file, entry)) in ("ready", "partial"):
                return key
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None
