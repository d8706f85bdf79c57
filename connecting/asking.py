"""Measure how long a dataset's source takes to answer.

It asks about people and companies that cannot exist only, so the questions need neither a session nor the gates of
`portal.platform.sources`, and no answer is kept.
"""

import asyncio
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from portal.platform.kit import national_number
from portal.platform.sources.catalogue import Askable
from portal.platform.sources.datasets import inquiry_without_lookup
from portal.platform.sources.fetch import TRANSPORTS
from portal.platform.sources.reading.outcomes import Down, name_of
from portal.platform.sources.transports.answer import AnswerText

from .contract.people import is_about_people
from .contract.readings import is_test_number
from .samples import answers_of, key_of, read_sample

TIMES = 5


class Measurement(msgspec.Struct, frozen=True):
    """Hold the median in milliseconds, or None without an answer; and the last outcome, or why there is none."""

    ms: float | None
    outcome: str


async def measure(
    entry: Askable,
    *,
    transports: Mapping[str, Any] = TRANSPORTS,
    clock: Callable[[], float] = time.monotonic,
) -> Measurement:
    """Ask a source TIMES times about the first person, or company, of the samples with data; never raises."""
    key = _key_with_data(entry)
    if key is None or not (is_test_number(key) or (not is_about_people(entry) and not national_number.is_valid(key))):
        return Measurement(None, "nobody to ask about")
    transport = transports[entry.service.transport]
    values = {entry.placeholder: key}
    durations: list[float] = []
    last = ""
    for _ in range(TIMES):
        started = clock()
        try:
            async with asyncio.timeout(entry.dataset.deadline_s):
                answer = await transport.ask(entry.question, values, sent=[])
        except TimeoutError:
            return Measurement(None, "late")
        except Exception as error:
            # For example, a setting or a certificate is missing.
            return Measurement(None, type(error).__name__)
        if isinstance(answer, Down) and answer.reason == "connection":
            return Measurement(None, "no connection")
        durations.append((clock() - started) * 1000)
        outcome = (
            transport.read(answer, inquiry_without_lookup(entry), key) if isinstance(answer, AnswerText) else answer
        )
        last = f"{name_of(outcome)}: {outcome.reason}" if isinstance(outcome, Down) else name_of(outcome)
    return Measurement(statistics.median(durations), last)


def _key_with_data(entry: Askable) -> str | None:
    """Give the number that the first sample with data is about."""
    for file in answers_of(entry):
        key = key_of(file)
        try:
            if key.isdigit() and name_of(read_sample(file, entry)) in ("ready", "partial"):
                return key
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None
