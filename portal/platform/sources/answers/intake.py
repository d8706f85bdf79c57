"""Take in an answer: read it (beside the loop when it is large), and keep no more of it than pages can use.

The largest published answer is 130 kB and has some 1,000 facts. What is far beyond that is cut, and the outcome says
so: it is partial, with the reason "long".
"""

import logging
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import msgspec

from .. import beside
from ..catalogue import Askable
from ..inquiry import Inquiry
from ..manifest import Items
from ..reading import paths
from ..reading.facts import Fact
from ..reading.outcomes import Down, Missing, Outcome, Partial, Ready, missing_of
from ..transports.answer import AnswerText

log = logging.getLogger("portal.sources")

# Ten times the largest published answer: decrypting that many facts holds the loop for some 10 ms.
MOST_FACTS = 10_000
MOST_TEXT = 4_000  # characters of one value: two printed pages
MOST_MISSING = 100  # parts that are named as missing

_value_of = attrgetter("value")


async def read[K, T](
    transport: Any, answer: AnswerText, inquiries: Sequence[Inquiry[K, T]], about: str
) -> list[tuple[Inquiry[K, T], Outcome[T]]]:
    """Read an answer for each inquiry that shares it; failures are values. about: the number asked about."""

    def read_one(inquiry: Inquiry[K, T]) -> Outcome[T]:
        try:
            outcome: Outcome[T] = transport.read(answer, inquiry, about)
            return inquiry.bound(outcome) if inquiry.bound else outcome
        except Exception as error:
            # A bug of ours, for this inquiry only. The error's message is not logged: it may be personal.
            log.error("%s: %s while taking an answer in", inquiry.name, type(error).__name__)
            return Down("unreadable", type(error).__name__)

    def read_all() -> list[tuple[Inquiry[K, T], Outcome[T]]]:
        return [(inquiry, read_one(inquiry)) for inquiry in inquiries]

    return await beside.read(len(answer.data), read_all)


def cut_to_size(entry: Askable, outcome: Outcome, *, items: Items | None = None) -> Outcome:
    """Cut an outcome to MOST_FACTS and MOST_TEXT, and make it partial then; items: the element not to cut in two."""
    if not isinstance(outcome, Ready | Partial):
        return outcome
    facts = _first(outcome.value, items)
    if max(map(len, map(_value_of, facts)), default=0) > MOST_TEXT:
        facts = tuple(_short(fact) for fact in facts)
    missing = missing_of(outcome)
    if facts is outcome.value and len(missing) <= MOST_MISSING:
        return outcome
    cut = Missing(entry.agency.manifest.name, f"{len(facts)} of {len(outcome.value)}", "long")
    return Partial(facts, (*missing[:MOST_MISSING], cut), outcome.asked_at)


def _first(facts: tuple[Fact, ...], items: Items | None) -> tuple[Fact, ...]:
    """Keep the first facts; an item is not cut in two, unless it is too long by itself."""
    if len(facts) <= MOST_FACTS:
        return facts
    end = MOST_FACTS
    if items:
        last = paths.repeat_of(items.path, facts[end].path)
        while last and end and facts[end - 1].path.startswith(last):
            end -= 1
    return facts[: end or MOST_FACTS]


def _short(fact: Fact) -> Fact:
    if len(fact.value) <= MOST_TEXT:
        return fact
    return msgspec.structs.replace(fact, value=f"{fact.value[:MOST_TEXT]}…")
