"""Lookups: what a first answer only names (a company by its number) is asked of another source.

The first answer is given whatever happens to its lookups; one that failed makes it partial.
"""

import asyncio
from collections.abc import Sequence

import msgspec

from ..catalogue import DatasetEntry, LookupEntry
from ..inquiry import AskOne, Inquiry
from ..reading import paths
from ..reading.facts import Fact
from ..reading.outcomes import SAME_AGAIN, Down, Facts, Late, Missing, Outcome, Partial, Ready, facts_of, missing_of
from .intake import MOST_FACTS, MOST_MISSING

MOST = 10  # second questions for one answer


async def follow(
    entry: DatasetEntry, second: Inquiry[LookupEntry, Facts], outcome: Outcome, ask_one: AskOne
) -> Outcome:
    """Look up every value of the manifest's `lookup.of`, all at once, and put the facts found after the value's own.

    What lookups add is bounded; what the first answer has stays whole. second: the inquiry of the lookup;
    `ask_one(second, value)` asks it about one value, and never raises.
    """
    lookup = entry.dataset.lookup
    if lookup is None or not isinstance(outcome, Ready | Partial):
        return outcome
    values = list(dict.fromkeys(fact.value for fact in outcome.value if fact.key == lookup.of))
    if not values:
        return outcome
    asked = values[:MOST]
    found = dict(zip(asked, await asyncio.gather(*(ask_one(second, value) for value in asked)), strict=True))
    facts: list[Fact] = []
    room = MOST_FACTS - len(outcome.value)
    is_cut = False
    for fact in outcome.value:
        facts.append(fact)
        known = facts_of(found[fact.value]) if fact.key == lookup.of and fact.value in found else ()
        if len(known) > max(room, 0):
            is_cut = True
        else:
            facts += [msgspec.structs.replace(more, path=paths.below(fact.path, more.path)) for more in known]
            room -= len(known)
    missing = list(missing_of(outcome))
    lacking = list(dict.fromkeys(part for known in found.values() for part in _missing(entry, known)))
    # The parts that asking again may bring, at most one of each lookup, are never cut off: without them the answer
    # would be kept as it is.
    lacking.sort(key=lambda part: part.reason in SAME_AGAIN)
    most = max(MOST_MISSING - len(missing), MOST)
    is_cut = is_cut or len(lacking) > most
    missing += lacking[:most]
    if len(values) > MOST:
        missing.append(Missing(entry.agency.manifest.name, "", "many"))
    if is_cut:
        missing.append(Missing(entry.agency.manifest.name, "", "long"))
    if missing:
        return Partial(tuple(facts), tuple(missing), outcome.asked_at)
    return Ready(tuple(facts), outcome.asked_at)


def _missing(entry: DatasetEntry, known: Outcome) -> Sequence[Missing]:
    """List the parts that are missing by the outcome of a lookup.

    Their origin is the body of the dataset, whose question the lookup is too, and their code the detail of a failure.
    A part of SAME_AGAIN stays as the lookup's answer names it.
    """
    name = entry.agency.manifest.name
    if isinstance(known, Partial):
        return [part if part.reason in SAME_AGAIN else Missing(name, "", "unavailable") for part in known.missing]
    if isinstance(known, Down):
        return [Missing(name, known.detail, known.reason, known.until)]
    return [Missing(name, "", "late")] if isinstance(known, Late) else []
