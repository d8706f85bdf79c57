"""Compare what several datasets say about the citizen, topic by topic. No I/O.

The manifest says which facts of a dataset are about which topic (`[datasets.compared]`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _

from portal.platform.sources import gaps
from portal.platform.sources.catalogue import DatasetEntry, EntryOutcome
from portal.platform.sources.reading import paths, places
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Nothing, Outcome, Partial, Ready
from portal.platform.ui.values import readable

from .. import section
from ..arranging import elements, histories
from . import comparing
from .comparing import AddressParts, Agreement, PersonName
from .coverage import Coverage, coverage_of

MOST = 20  # values of one topic in one dataset


class SharedTopic(StrEnum):
    """The topics about which several sources may speak, in the order of the page; named as the manifest's keys."""

    NAME = "name"
    NATIONAL_NUMBER = "national_number"
    BIRTH_DATE = "birth_date"
    BIRTH_PLACE = "birth_place"
    SEX = "sex"
    NATIONALITY = "nationality"
    CIVIL_STATUS = "civil_status"
    ADDRESS = "address"


TITLES = {
    SharedTopic.NAME: _("Naam"),
    SharedTopic.NATIONAL_NUMBER: _("Rijksregisternummer"),
    SharedTopic.BIRTH_DATE: _("Geboortedatum"),
    SharedTopic.BIRTH_PLACE: _("Geboorteplaats"),
    SharedTopic.SEX: _("Geslacht"),
    SharedTopic.NATIONALITY: _("Nationaliteit"),
    SharedTopic.CIVIL_STATUS: _("Burgerlijke staat"),
    SharedTopic.ADDRESS: _("Adres"),
}
# Why a difference about a topic need not be a mistake.
REASONS = {
    SharedTopic.NAME: _("Misschien noteerde een dienst niet al uw voornamen, of uw naam van vroeger."),
    SharedTopic.NATIONAL_NUMBER: _(
        "Kreeg u een nieuw nummer? Op een ouder bewijs staat soms nog het vorige. U ziet hier alleen het begin."
    ),
    SharedTopic.BIRTH_DATE: _("Misschien werd uw geboortedatum verbeterd, en nam nog niet elke dienst dat over."),
    SharedTopic.BIRTH_PLACE: _(
        "Misschien noteerde een dienst de naam van de gemeente van vroeger, of in een andere taal."
    ),
    SharedTopic.SEX: _("Misschien werd dit verbeterd, en nam nog niet elke dienst dat over."),
    SharedTopic.NATIONALITY: _("Misschien noteerde een dienst niet al uw nationaliteiten, of een van vroeger."),
    SharedTopic.CIVIL_STATUS: _("Misschien nam nog niet elke dienst de laatste wijziging over."),
    SharedTopic.ADDRESS: _(
        "Misschien is een van beide een adres voor uw post, of verwerkt een dienst nog uw verhuizing."
    ),
}
_COMPARE: Mapping[SharedTopic, Callable[[Any, Any], Agreement]] = {
    SharedTopic.NAME: comparing.compare_names,
    SharedTopic.NATIONAL_NUMBER: comparing.compare_identifiers,
    SharedTopic.BIRTH_DATE: comparing.compare_dates,
    SharedTopic.ADDRESS: comparing.compare_addresses,
}


@dataclass(frozen=True, slots=True, repr=False)
class Voice:
    """A dataset that makes a statement, and when it was asked."""

    entry: DatasetEntry
    asked_at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Statement:
    """What datasets state in the same words. texts: as people read it. values: as it is compared. voices: who."""

    texts: Sequence[str]
    voices: Sequence[Voice]
    values: Sequence[str | PersonName | AddressParts]


@dataclass(frozen=True, slots=True, repr=False)
class Matter:
    """A topic with the statements of several datasets about it, and how far these agree."""

    topic: SharedTopic
    title: str
    statements: Sequence[Statement]
    agreement: Agreement
    reason: str = ""

    @property
    def count(self) -> int:
        """Count the datasets with a statement."""
        return sum(len(statement.voices) for statement in self.statements)


@dataclass(frozen=True, slots=True, repr=False)
class Differences:
    """The outcome of a comparison. silent: datasets that answered without any statement to compare."""

    different: Sequence[Matter]
    same: Sequence[Matter]
    silent: Sequence[DatasetEntry]
    coverage: Coverage


@dataclass(frozen=True, slots=True, repr=False)
class Claim:
    """A value that a dataset states: as people read it, and as it is compared."""

    text: str
    value: str | PersonName | AddressParts


def comparable(entries: Iterable[DatasetEntry]) -> list[DatasetEntry]:
    """Pick the datasets whose manifest names facts to compare (`[datasets.compared]`)."""
    return [entry for entry in entries if section.of(entry).compared]


def differences_of(
    outcomes: Sequence[EntryOutcome], unasked: Sequence[DatasetEntry], *, insz: str, today: date
) -> Differences:
    """Compare answers about a citizen by topic. unasked: for the coverage. insz: their own. today: in Belgium."""
    by_dataset = {
        entry.name: (Voice(entry, outcome.asked_at), claims_in(entry, outcome, insz=insz, today=today))
        for entry, outcome in outcomes
        if isinstance(outcome, Ready | Partial) and _tells_of_today(entry, outcome)
    }
    matters = [
        _matter(topic, claims)
        for topic in SharedTopic
        if len(claims := _one_per_answer(topic, by_dataset.values())) > 1
    ]
    empty = {entry.name for entry, outcome in outcomes if isinstance(outcome, Nothing)}
    empty |= {name for name, (_, claimed) in by_dataset.items() if not claimed}
    return Differences(
        different=[matter for matter in matters if matter.agreement is Agreement.DIFFERENT],
        same=[matter for matter in matters if matter.agreement is not Agreement.DIFFERENT],
        silent=[entry for entry, _ in outcomes if entry.name in empty],
        coverage=coverage_of(outcomes, unasked),
    )


def claims_in(
    entry: DatasetEntry, outcome: Ready | Partial, *, insz: str, today: date
) -> dict[SharedTopic, list[Claim]]:
    """Read the claims of an answer about the citizen as of today, by topic; topics without a claim are absent."""
    table = section.of(entry).compared
    if table is None:
        return {}
    facts: Sequence[Fact] = outcome.value
    if entry.dataset.history:
        cut = elements.cut(facts, entry.dataset.groups)
        facts = histories.current_facts(cut, entry.dataset.groups, entry.dataset.history, today)
    if table.of:
        facts = _own(facts, table.of, insz)
    by_key: dict[str, list[Fact]] = {}
    for fact in facts:
        by_key.setdefault(fact.key, []).append(fact)
    claims: dict[SharedTopic, list[Claim]] = {}
    if table.name and (name := _name(by_key, table.name)):
        claims[SharedTopic.NAME] = [name]
    if table.address and (address := _address(by_key, table.address)):
        claims[SharedTopic.ADDRESS] = [address]
    for topic in SharedTopic:
        key = getattr(table, topic)
        if isinstance(key, str) and key in by_key:
            texts = {fact.value: Claim(readable(fact.value, fact.kind), fact.value) for fact in by_key[key]}
            claims[topic] = _few(list(texts.values()))
    return claims


def _tells_of_today(entry: DatasetEntry, outcome: Outcome) -> bool:
    """Tell whether an answer says what holds now; a history that lacks a part may lack what came last."""
    return entry.dataset.history is None or gaps.is_whole(outcome)


def _few(claims: list[Claim]) -> list[Claim]:
    """Keep the first MOST claims and count the rest: each claim is compared with each."""
    more = len(claims) - MOST
    if more <= 0:
        return claims
    return [*claims[:MOST], Claim(translated("en nog %(count)s") % {"count": more}, str(more))]


def _one_per_answer(
    topic: SharedTopic, by_dataset: Iterable[tuple[Voice, Mapping[SharedTopic, list[Claim]]]]
) -> list[tuple[Voice, list[Claim]]]:
    """List who makes claims about a topic; of those who read the same answer the first, as it agrees with itself."""
    first: dict[Any, tuple[Voice, list[Claim]]] = {}
    for voice, claimed in by_dataset:
        if topic in claimed:
            first.setdefault(voice.entry.question, (voice, claimed[topic]))
    return list(first.values())


def _own(facts: Iterable[Fact], element: section.OwnElement, insz: str) -> list[Fact]:
    """Keep the facts in elements whose number is the citizen's own."""
    placed = [(fact, paths.beginning(fact.path, paths.depth_of(element.path))) for fact in facts]
    inside = [(fact, place) for fact, place in placed if paths.plain(place) == element.path]
    own = {place for fact, place in inside if fact.key == element.number and fact.value == insz}
    return [fact for fact, place in inside if place in own]


def _name(by_key: Mapping[str, Sequence[Fact]], keys: section.NameKeys) -> Claim | None:
    name = PersonName(*(_first(by_key, key) for key in (keys.given, keys.family, keys.whole)))
    return Claim(str(name), name) if str(name) else None


def _address(by_key: Mapping[str, Sequence[Fact]], keys: section.AddressKeys) -> Claim | None:
    if keys.whole:
        line = _first(by_key, keys.whole)
        return Claim(line, comparing.address_in(line)) if line else None
    street, number, box, postcode, municipality = (
        _first(by_key, key) for key in (keys.street, keys.number, keys.box, keys.postcode, keys.municipality)
    )
    place = AddressParts(street, number, places.box_number(box), postcode, municipality)
    house = " ".join(part for part in (street, number, places.box_in_words(box)) if part)
    line = ", ".join(part for part in (house, f"{postcode} {municipality}".strip()) if part)
    return Claim(line, place) if line else None


def _first(by_key: Mapping[str, Sequence[Fact]], key: str) -> str:
    """Write the first fact of a key as people read it; "" when there is none."""
    return readable(by_key[key][0].value, by_key[key][0].kind) if key in by_key else ""


def _matter(topic: SharedTopic, by_voice: Sequence[tuple[Voice, Sequence[Claim]]]) -> Matter:
    """Join equal claims of datasets into statements, and compare them."""

    def compare(one: Sequence[Any], other: Sequence[Any]) -> Agreement:
        return comparing.compare_all(one, other, _COMPARE.get(topic, comparing.compare_texts))

    agreement = comparing.compare_any([[claim.value for claim in claims] for _, claims in by_voice], compare)
    stated: dict[tuple[Any, ...], Statement] = {}
    for voice, claims in by_voice:
        texts, values = [claim.text for claim in claims], [claim.value for claim in claims]
        # Two different numbers may look the same when they are masked.
        key = tuple(values if topic is SharedTopic.NATIONAL_NUMBER else texts)
        statement = stated.get(key, Statement(texts, (), values))
        stated[key] = replace(statement, voices=[*statement.voices, voice])
    return Matter(
        topic=topic,
        title=TITLES[topic],
        statements=list(stated.values()),
        agreement=agreement,
        reason=REASONS[topic] if agreement is Agreement.DIFFERENT else "",
    )
