"""Odd answers of GeefDossiers, which a person gets when that is chosen on the town's page of dossiers.

Most hold an ordinary dossier too, to see that it is still shown.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lxml import etree

from sandbox.faults.damaged_xml import SOURCE_FAILED
from sandbox.faults.strangers import stranger

from .changes import State
from .envelope import answer_with, mutations_of

# The person who gets `all_content` without anything being chosen.
ODD = "86650915095"
_AT = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
_SOURCE = "VAPH"
_PLAIN = State(_SOURCE, "GEWOON-1", "Een gewoon dossier", _AT, "Behandeling", "InBehandeling")

_RIGHT_TO_LEFT, _ISOLATE, _ZERO_WIDTH, _NEXT_LINE = "\u202e", "\u2066", "\u200b", "\u0085"

AnswerMaker = Callable[[str], etree._Element]  # takes the national number of the person


def _state(number: str, name: str, at: datetime = _AT, **more: Any) -> State:
    return replace(_PLAIN, number=number, name=name, at=at, **more)


def _many_mutations() -> list[State]:
    return [
        _state("DUIZEND-1", f"Dossier met duizend mutaties, nummer {n}", _AT - timedelta(hours=1000 - n))
        for n in range(1, 1001)
    ]


def _two_sources() -> list[State]:
    return [_state("ZELFDE-1", f"Hetzelfde nummer bij {it}", source=it) for it in (_SOURCE, "KORTRIJK")]


def _same_moment() -> list[State]:
    return [
        _state("MOMENT-1", "Twee standen van één moment", phase="Beslissing", status=it)
        for it in ("Goedgekeurd", "Geweigerd")
    ]


def _dates() -> list[State]:
    days = ("1899-12-31", "0001-01-01", "2087-06-15", "2027-03-01", "9999-12-31")
    return [
        _state(f"DATUM-{day}", f"Gewijzigd op {day}", datetime.fromisoformat(f"{day}T09:00:00+00:00")) for day in days
    ]


def _repetition() -> list[State]:
    return [_state("DUBBEL-1", "Twee keer dezelfde mutatie")] * 2


def _marks() -> list[State]:
    return [
        _state("TEKENS-1", f"Omgekeerd {_RIGHT_TO_LEFT}dreekegmo{_ISOLATE} einde"),
        _state(f"TEKENS-2{_ZERO_WIDTH}", f"Onzichtbaar{_ZERO_WIDTH}{_NEXT_LINE}teken"),
        _state(
            "TEKENS-3",
            "Gestapeld e" + "\u0301" * 200,
            status="Onbekend",
            details=(f"Detail{_RIGHT_TO_LEFT}", "x" * 255),
        ),
    ]


def _markup() -> list[State]:
    details = ("<script>alert(1)</script><b>vet</b>", "<a href='javascript:alert(2)'>Klik hier</a>")
    return [
        _state(
            "OPMAAK-1", "<img src=x onerror=alert(3)>", status="Onbekend", details=details, link="javascript:alert(4)"
        ),
        _state("OPMAAK-2", "Koppeling als gegevens", link="data:text/html,<script>alert(5)</script>"),
        _state("OPMAAK-3", "Koppeling naar elders", link="//elders.example/dossier"),
    ]


def _without() -> list[State]:
    return [
        _state("ZONDER-1", "Actie zonder woorden", action=""),
        _state("ZONDER-2", "Status zonder fase", phase=""),
        _state("ZONDER-3", "Fase zonder status", status=""),
        _state("ZONDER-4", "Zonder fase en status", phase="", status=""),
    ]


def _unknown() -> list[State]:
    return [
        _state("ONBEKEND-1", "Onbekende code", status="OpDePlank", details=("Uw dossier ligt op de plank.",)),
        _state("ONBEKEND-2", "Onbekende fase", phase="Archivering"),
        _state("ONBEKEND-3", "Onbekende bron", source="https://bron.example/onbekend"),
        _state("ONBEKEND-4", "Onbekend soort", kind="Kalender"),
        _state("ONBEKEND-5", "Onbekende code zonder woorden", status="OpDePlank"),
    ]


# The odd dossiers by the name of their oddity, as states from which an answer is made.
_CONTENT: dict[str, Callable[[], list[State]]] = {
    "many-mutations": _many_mutations,
    "two-sources": _two_sources,
    "same-moment": _same_moment,
    "repeated": _repetition,
    "dates": _dates,
    "marks": _marks,
    "markup": _markup,
    "without": _without,
    "unknown": _unknown,
}


def all_content(person: str) -> etree._Element:
    """Make an answer with the oddities of single dossiers side by side.

    It leaves out those of the answer's size ("many-mutations", "50-dossiers" and more) or of its form
    ("somebody-else", "with-exceptions", "partly-qualified").
    """
    states = [state for name, make in _CONTENT.items() if name != "many-mutations" for state in make()]
    root = answer_with(person, [_PLAIN, *states])
    for number, change in (
        ("BEDRIJF-1", _company),
        ("ANDER-1", _with_another),
        ("VREEMD-1", _of_another),
        ("ZONDERDATUM-1", _remove_dates),
    ):
        for mutation in mutations_of(answer_with(person, [_state(number, f"Subject: {number}")])):
            change(mutation, person)
            parent = mutation.getparent()
            dossier = parent.getparent() if parent is not None else None
            if dossier is not None:
                next(root.iter("Dossiers")).append(dossier)
    return root


def _company(mutation: etree._Element, _: str) -> None:
    _subject(mutation, "Type", "OND")
    _subject(mutation, "Sleutel", "0999000101")


def _with_another(mutation: etree._Element, person: str) -> None:
    subjects = next(mutation.iter("Subjecten"))
    another = etree.fromstring(etree.tostring(subjects[0]))
    another.findall("Sleutel")[0].text = stranger(person)
    subjects.insert(0, another)


def _of_another(mutation: etree._Element, person: str) -> None:
    _subject(mutation, "Sleutel", stranger(person))


def _remove_dates(mutation: etree._Element, _: str) -> None:
    for element in list(mutation.iter("DatumModificatie")):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)


def _subject(mutation: etree._Element, name: str, text: str) -> None:
    for element in mutation.iterfind(f"Subjecten/Subject/{name}"):
        element.text = text


def _with_change(
    number: str, name: str, change: Callable[[etree._Element, str], None], *, plain: bool = True
) -> AnswerMaker:
    """Make answers with a dossier whose mutations are changed, beside an ordinary one or (`plain` false) alone."""

    def make(person: str) -> etree._Element:
        root = answer_with(person, [*([_PLAIN] if plain else []), _state(number, name)])
        for mutation in mutations_of(root):
            if not plain or mutation.findtext("Identificatie/Dossiernummer") == number:
                change(mutation, person)
        return root

    return make


def _beside_exceptions(person: str) -> etree._Element:
    root = answer_with(person, [_PLAIN])
    next(root.iter("Inhoud")).addnext(etree.fromstring(SOURCE_FAILED))
    return root


def _partly_qualified(person: str) -> etree._Element:
    """Put some elements of a dossier in a namespace, as a careless sender does."""
    root = answer_with(person, [_PLAIN, _state("DEELS-1", "Deels gekwalificeerd")])
    for element in [it for mutation in list(mutations_of(root))[1:] for it in mutation.iter()]:
        if element.tag in ("Identificatie", "Status", "Fase", "Subject", "Sleutel"):
            element.tag = f"{{http://dossier-02_00.vip.vlaanderen.be}}{element.tag}"
    return root


def _dossiers(count: int) -> AnswerMaker:
    def make(person: str) -> etree._Element:
        return answer_with(
            person,
            [
                _state(f"VEEL-{n:05d}", f"Dossier {n} van {count}", _AT - timedelta(hours=n))
                for n in range(1, count + 1)
            ],
        )

    return make


def _content(make: Callable[[], list[State]]) -> AnswerMaker:
    return lambda person: answer_with(person, [_PLAIN, *make()])


ODDITIES: dict[str, AnswerMaker] = {
    **{name: _content(make) for name, make in _CONTENT.items()},
    "undated": _with_change("ZONDERDATUM-1", "Zonder datum van wijziging", _remove_dates),
    "company": _with_change("BEDRIJF-1", "Subject is een onderneming", _company),
    "another-too": _with_change("ANDER-1", "Ook van iemand anders", _with_another),
    "of-another": _with_change("VREEMD-1", "Alleen van iemand anders", _of_another),
    "somebody-else": _with_change("VREEMD-1", "Alles over iemand anders", _of_another, plain=False),
    "with-exceptions": _beside_exceptions,
    "partly-qualified": _partly_qualified,
    "50-dossiers": _dossiers(50),
    "1000-dossiers": _dossiers(1000),
    "9000-dossiers": _dossiers(9000),
}
