"""Lay side by side what several datasets say of the same thing about the citizen themselves. Decisions without I/O.

Which facts of a dataset are of which kind, its manifest says (`[datasets.compared]`).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _

from portal.platform.sources.catalogue import Entry, Found
from portal.platform.sources.reading import places
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Nothing, Partial, Ready
from portal.platform.ui.jinja import shown

from . import comparing, histories, rules, section
from .comparing import Agreement, PersonName, Place
from .coverage import Coverage, coverage_of

MOST = 20  # values of one kind in one dataset
_INDEX = re.compile(r"\[\d+\]")


class Kind(StrEnum):
    """The kinds of things that several sources may say, in the order of the page; named as the manifest's keys."""

    NAME = "name"
    NATIONAL_NUMBER = "national_number"
    BIRTH_DATE = "birth_date"
    BIRTH_PLACE = "birth_place"
    SEX = "sex"
    NATIONALITY = "nationality"
    CIVIL_STATUS = "civil_status"
    ADDRESS = "address"


TITLES = {
    Kind.NAME: _("Naam"),
    Kind.NATIONAL_NUMBER: _("Rijksregisternummer"),
    Kind.BIRTH_DATE: _("Geboortedatum"),
    Kind.BIRTH_PLACE: _("Geboorteplaats"),
    Kind.SEX: _("Geslacht"),
    Kind.NATIONALITY: _("Nationaliteit"),
    Kind.CIVIL_STATUS: _("Burgerlijke staat"),
    Kind.ADDRESS: _("Adres"),
}
# Why a difference of a kind need not be a mistake.
REASONS = {
    Kind.NAME: _("Misschien noteerde een dienst niet al uw voornamen, of uw naam van vroeger."),
    Kind.NATIONAL_NUMBER: _(
        "Kreeg u een nieuw nummer? Op een ouder bewijs staat soms nog het vorige. U ziet hier alleen het begin."
    ),
    Kind.BIRTH_DATE: _("Misschien werd uw geboortedatum verbeterd, en nam nog niet elke dienst dat over."),
    Kind.BIRTH_PLACE: _("Misschien noteerde een dienst de naam van de gemeente van vroeger, of in een andere taal."),
    Kind.SEX: _("Misschien werd dit verbeterd, en nam nog niet elke dienst dat over."),
    Kind.NATIONALITY: _("Misschien noteerde een dienst niet al uw nationaliteiten, of een van vroeger."),
    Kind.CIVIL_STATUS: _("Misschien nam nog niet elke dienst de laatste wijziging over."),
    Kind.ADDRESS: _("Misschien is een van beide een adres voor uw post, of verwerkt een dienst nog uw verhuizing."),
}
_COMPARE: Mapping[Kind, Callable[[Any, Any], Agreement]] = {
    Kind.NAME: comparing.names,
    Kind.NATIONAL_NUMBER: comparing.numbers,
    Kind.BIRTH_DATE: comparing.dates,
    Kind.ADDRESS: comparing.addresses,
}


@dataclass(frozen=True, slots=True, repr=False)
class Voice:
    """A dataset that says something, and when it was asked."""

    entry: Entry
    asked_at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """What is said, as people read it, and by which datasets in these very words."""

    texts: Sequence[str]
    voices: Sequence[Voice]


@dataclass(frozen=True, slots=True, repr=False)
class Matter:
    """One kind of thing that several datasets say, and how far they agree."""

    kind: Kind
    title: str
    rows: Sequence[Row]
    agreement: Agreement
    reason: str = ""

    @property
    def count(self) -> int:
        """Count the datasets that say it."""
        return sum(len(row.voices) for row in self.rows)


@dataclass(frozen=True, slots=True, repr=False)
class Differences:
    """All that was compared. silent: datasets that answered, but say nothing of what is compared."""

    different: Sequence[Matter]
    same: Sequence[Matter]
    silent: Sequence[Entry]
    coverage: Coverage


@dataclass(frozen=True, slots=True, repr=False)
class Said:
    """A value: as people read it, and as it is compared."""

    text: str
    value: str | PersonName | Place


def comparable(entries: Iterable[Entry]) -> list[Entry]:
    """Pick the datasets that say something which others may say too: only those are worth asking for it."""
    return [entry for entry in entries if section.of(entry).compared]


def differences_of(found: Sequence[Found], unasked: Sequence[Entry], *, insz: str, today: date) -> Differences:
    """Compare what came, and name what did not. insz: the citizen's own number."""
    said = {
        entry.name: (Voice(entry, outcome.asked_at), said_in(entry, outcome, insz=insz, today=today))
        for entry, outcome in _one_an_answer(found)
        if isinstance(outcome, Ready | Partial)
    }
    matters = [
        _matter(kind, statements)
        for kind in Kind
        if len(statements := [(voice, of[kind]) for voice, of in said.values() if kind in of]) > 1
    ]
    empty = {entry.name for entry, outcome in found if isinstance(outcome, Nothing)}
    empty |= {name for name, (_, of) in said.items() if not of}
    return Differences(
        different=[matter for matter in matters if matter.agreement is Agreement.DIFFERENT],
        same=[matter for matter in matters if matter.agreement is not Agreement.DIFFERENT],
        silent=[entry for entry, _ in found if entry.name in empty],
        coverage=coverage_of(found, unasked),
    )


def said_in(entry: Entry, outcome: Ready | Partial, *, insz: str, today: date) -> dict[Kind, list[Said]]:
    """Read what an answer says of the citizen themselves now, by kind; a kind it says nothing of is not there."""
    table = section.of(entry).compared
    if table is None:
        return {}
    facts: Sequence[Fact] = outcome.value
    if entry.dataset.history:
        cut = rules.cut(facts, entry.dataset.groups)
        facts = histories.current(cut, entry.dataset.groups, entry.dataset.history, today)
    if table.of:
        facts = _own(facts, table.of, insz)
    by_key: dict[str, list[Fact]] = {}
    for fact in facts:
        by_key.setdefault(fact.key, []).append(fact)
    said: dict[Kind, list[Said]] = {}
    if table.name and (name := _name(by_key, table.name)):
        said[Kind.NAME] = [name]
    if table.address and (address := _address(by_key, table.address)):
        said[Kind.ADDRESS] = [address]
    for kind in Kind:
        key = getattr(table, kind)
        if isinstance(key, str) and key in by_key:
            texts = {fact.value: Said(shown(fact.value, fact.kind), fact.value) for fact in by_key[key]}
            said[kind] = _few(list(texts.values()))
    return said


def _few(said: list[Said]) -> list[Said]:
    """Keep what can be laid side by side, and say how many more there are: each is compared with each."""
    more = len(said) - MOST
    if more <= 0:
        return said
    return [*said[:MOST], Said(translated("en nog %(count)s") % {"count": more}, str(more))]


def _one_an_answer(found: Sequence[Found]) -> list[Found]:
    """Leave out datasets that read an answer which another read already: it would agree with itself."""
    first = {entry.question: entry.name for entry, _ in reversed(found)}
    return [(entry, outcome) for entry, outcome in found if first[entry.question] == entry.name]


def _own(facts: Iterable[Fact], of: section.Whose, insz: str) -> list[Fact]:
    """Keep the facts in elements whose number is the citizen's own."""
    depth = of.path.count("/") + 1
    placed = [(fact, "/".join(fact.path.split("/")[:depth])) for fact in facts]
    inside = [(fact, place) for fact, place in placed if _INDEX.sub("", place) == of.path]
    own = {place for fact, place in inside if fact.key == of.number and fact.value == insz}
    return [fact for fact, place in inside if place in own]


def _name(by_key: Mapping[str, Sequence[Fact]], keys: section.Name) -> Said | None:
    name = PersonName(*(_first(by_key, key) for key in (keys.given, keys.family, keys.whole)))
    return Said(str(name), name) if str(name) else None


def _address(by_key: Mapping[str, Sequence[Fact]], keys: section.Address) -> Said | None:
    if keys.whole:
        line = _first(by_key, keys.whole)
        return Said(line, comparing.place_of(line)) if line else None
    street, number, box, postcode, municipality = (
        _first(by_key, key) for key in (keys.street, keys.number, keys.box, keys.postcode, keys.municipality)
    )
    place = Place(street, number, places.box(box), postcode, municipality)
    house = " ".join(part for part in (street, number, places.in_box(box)) if part)
    line = ", ".join(part for part in (house, f"{postcode} {municipality}".strip()) if part)
    return Said(line, place) if line else None


def _first(by_key: Mapping[str, Sequence[Fact]], key: str) -> str:
    return by_key[key][0].value if key in by_key else ""


def _matter(kind: Kind, statements: Sequence[tuple[Voice, Sequence[Said]]]) -> Matter:
    def compare(one: Sequence[Any], other: Sequence[Any]) -> Agreement:
        return comparing.of_all(one, other, _COMPARE.get(kind, comparing.texts))

    agreement = comparing.of_any([[each.value for each in said] for _, said in statements], compare)
    rows: dict[tuple[Any, ...], tuple[Sequence[str], list[Voice]]] = {}
    for voice, said in statements:
        texts = [each.text for each in said]
        # Masked, other numbers may look the same.
        key = [each.value for each in said] if kind is Kind.NATIONAL_NUMBER else texts
        rows.setdefault(tuple(key), (texts, []))[1].append(voice)
    return Matter(
        kind=kind,
        title=TITLES[kind],
        rows=[Row(texts, voices) for texts, voices in rows.values()],
        agreement=agreement,
        reason=REASONS[kind] if agreement is Agreement.DIFFERENT else "",
    )
