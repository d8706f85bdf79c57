"""Group the facts of an answer by the part they belong to (a diploma, an address), and name each part.

Without that name nobody knows which of three diplomas "Status: geregistreerd" is about. No I/O.
"""

from collections.abc import Mapping, Sequence

from portal.platform.sources import itemizing
from portal.platform.sources.manifest import Dataset, HistoryRules
from portal.platform.sources.reading import paths
from portal.platform.sources.reading.facts import Fact, first_by_key
from portal.platform.ui.values import readable

FACTS_IN_NAME = 2  # first facts that name a part for which the manifest has no title


def parts_of(facts: Sequence[Fact], dataset: Dataset) -> dict[str, list[Fact]]:
    """Group the facts of an answer, without notes, by the path of the part they belong to ("" for none).

    A part is an item, one of several elements inside an item, or, without items, the innermost repeating element.
    """
    data = [fact for fact in facts if fact.kind != "note"]
    if dataset.items:
        items = itemizing.cut(data, dataset.items)
        parts = [
            itemizing.cut_item(place, of_item, dataset.groups) if place else {"": of_item}
            for place, of_item in items.items()
        ]
        return {place: of_part for of_item in parts for place, of_part in of_item.items()}
    by_place: dict[str, list[Fact]] = {}
    for fact in data:
        by_place.setdefault(paths.innermost_repeat(fact.path), []).append(fact)
    return {place: itemizing.put_names_first(of_place) for place, of_place in by_place.items()}


def name_of(place: str, parts: Mapping[str, Sequence[Fact]], dataset: Dataset) -> str:
    """Name a part as pages do: "Master in de rechten · 30 juni 2009"; "" for facts that belong to none.

    One of several elements inside an item is named after the item: "Gent · oktober 2026 · Boek: De avonden".
    """
    if not place:
        return ""
    facts = parts[place]
    if dataset.items:
        item = paths.repeat_of(dataset.items.path, place)
        of_item = [fact for at, of_part in parts.items() if paths.is_within(at, item) for fact in of_part]
        first = first_by_key(of_item)
        details = [first[key] for key in dataset.items.detail if key in first]
        within = [itemizing.name_of_part(place, facts, dataset.groups)] if place != item else []
        return " · ".join([itemizing.title_of(of_item, dataset.items), *map(_in_words, details), *within])
    named_by = _period_facts(place, facts, dataset.history) if dataset.history else []
    return " · ".join(map(_in_words, named_by or facts[:FACTS_IN_NAME]))


def _period_facts(place: str, facts: Sequence[Fact], history: HistoryRules) -> list[Fact]:
    """Give the facts that name a period of a history: its title and its begin, as far as they are there."""
    first = first_by_key(facts)
    title = next((first[key] for key in history.titles if key in first), None)
    begin = next((fact for fact in facts if fact.path == paths.below(place, history.begin)), None)
    return [fact for fact in (title, begin) if fact]


def _in_words(fact: Fact) -> str:
    return readable(fact.value, fact.kind)
