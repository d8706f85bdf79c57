"""Name the part of an answer that a datum stands in: which diploma, which address. Without it "Status: geregistreerd"
is said of three, and nobody knows which one is meant.
"""

from collections.abc import Sequence

from portal.platform.sources import itemizing
from portal.platform.sources.manifest import Dataset, History
from portal.platform.sources.reading.facts import Fact, first_by_key
from portal.platform.ui.jinja import shown

SAID = 2  # facts that stand for a part whose manifest has no words for it


def parts_of(facts: Sequence[Fact], dataset: Dataset) -> dict[str, list[Fact]]:
    """Group the data of an answer by the item, or else the innermost repeating element, they stand in ("": none)."""
    data = [fact for fact in facts if fact.kind != "note"]
    if dataset.items:
        return itemizing.cut(data, dataset.items)
    found: dict[str, list[Fact]] = {}
    for fact in data:
        head, bracket, _rest = fact.path.rpartition("]")
        found.setdefault(head + bracket, []).append(fact)
    return found


def name_of(place: str, facts: Sequence[Fact], dataset: Dataset) -> str:
    """Say which part it is, as a page would: "Master in de rechten · 30 juni 2009"; "" for what stands in none."""
    if not place:
        return ""
    if dataset.items:
        first = first_by_key(facts)
        details = [first[key] for key in dataset.items.detail if key in first]
        return " · ".join([itemizing.title_of(facts, dataset.items), *map(_said, details)])
    telling = _of_period(place, facts, dataset.history) if dataset.history else []
    return " · ".join(map(_said, telling or facts[:SAID]))


def _of_period(place: str, facts: Sequence[Fact], history: History) -> list[Fact]:
    first = first_by_key(facts)
    title = next((first[key] for key in history.titles if key in first), None)
    begin = next((fact for fact in facts if fact.path == f"{place}/{history.begin}"), None)
    return [fact for fact in (title, begin) if fact]


def _said(fact: Fact) -> str:
    return shown(fact.value, fact.kind)
