"""Two people with more dossiers than a sample would hold, made after the kinds of dossier in the bodies' samples.

A kind is a source and type with the part of a name before its colon. So a body whose folder is added has its own
kinds in these answers too.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from lxml import etree

from .changes import State, mutation_of
from .envelope import dossiers_of, envelope

# Their names stand in the register's samples.
EVERY_STATE = "77631420476"
MANY = "69702131821"
HOW_MANY = 150
_BEGIN = datetime(2025, 1, 6, 8, 30, tzinfo=UTC)

# The phases in their order, and the status codes of each: those that DOSIS publishes, and others that occur in data.
STATES: dict[str, tuple[str, ...]] = {
    "Samenstelling": ("Geinitieerd", "Aangevraagd", "Ingediend", "DossierOnvolledig", "DossierVolledig", "Gepland"),
    "Behandeling": ("Ontvankelijk", "OnOntvankelijk", "InBehandeling", "InWacht", "InOpenbaarOnderzoek"),
    "Beslissing": (
        "KlaarVoorBeslissing",
        "Beslist",
        "Goedgekeurd",
        "DeelsGoedgekeurd",
        "Geweigerd",
        "VoorlopigVastgesteld",
        "DefinitiefVastgesteld",
    ),
    "Beroep": ("GerechtelijkIngeleid",),
    "Uitvoering": ("KlaarVoorBetaling", "DeelsUitbetaald", "Uitgevoerd", "Aktename"),
    "Afgerond": ("Betaald", "ErkendVergund", "Stopgezet", "Stopzetting"),
}
_ALL = tuple((phase, code) for phase, codes in STATES.items() for code in codes)
# The states that a dossier usually goes through.
_USUAL_COURSE = (
    ("Samenstelling", "Ingediend"),
    ("Samenstelling", "DossierVolledig"),
    ("Behandeling", "InBehandeling"),
    ("Beslissing", "Goedgekeurd"),
    ("Uitvoering", "KlaarVoorBetaling"),
    ("Afgerond", "Betaald"),
)
_ACTIONS = {"DossierOnvolledig": "Bezorg ons het stuk dat nog ontbreekt."}

AnswerMaker = Callable[[str, Iterator[etree._Element]], etree._Element]


def every_state(person: str, examples: Iterator[etree._Element]) -> etree._Element:
    """Make a dossier of each kind in every phase and status; one of each kind that only refers elsewhere
    (Verwijzing).

    `examples` are the mutations of the bodies' samples.
    """
    root = envelope()
    for place, like in enumerate(_kinds(examples)):
        states = _ALL if like.findtext("Type") != "Verwijzing" else (("", ""),)
        for number, (phase, code) in enumerate(states):
            at = _BEGIN + timedelta(days=place * 40 + number, minutes=number)
            _add(root, person, like, f"{place + 1:02d}-{number + 1:02d}", [(phase, code, at)])
    return root


def many(person: str, examples: Iterator[etree._Element]) -> etree._Element:
    """Make 150 dossiers, of all kinds but those that only refer elsewhere.

    They stand at the points of the usual course by turns; every eleventh then waits for a missing document.
    """
    root = envelope()
    kinds = [like for like in _kinds(examples) if like.findtext("Type") != "Verwijzing"]
    for number in range(HOW_MANY if kinds else 0):
        steps = _USUAL_COURSE[: 1 + number % len(_USUAL_COURSE)]
        states = [
            (phase, code, _BEGIN + timedelta(days=number * 4 + 9 * step, minutes=number))
            for step, (phase, code) in enumerate(steps)
        ]
        if number % 11 == 3:
            states.append(("Samenstelling", "DossierOnvolledig", states[-1][2] + timedelta(days=2)))
        _add(root, person, kinds[number % len(kinds)], f"{number + 1:03d}", states)
    return root


VARIETY: dict[str, AnswerMaker] = {EVERY_STATE: every_state, MANY: many}


def _kinds(examples: Iterator[etree._Element]) -> list[etree._Element]:
    """Choose the first mutation of each kind."""
    kinds: dict[tuple[str, str, str], etree._Element] = {}
    for like in examples:
        source, type_, name = (like.findtext(path) or "" for path in ("Identificatie/Bron", "Type", "Naam"))
        kinds.setdefault((source, type_, name.partition(":")[0]), like)
    return list(kinds.values())


def _add(
    root: etree._Element, person: str, like: etree._Element, number: str, states: list[tuple[str, str, datetime]]
) -> None:
    dossier = etree.SubElement(etree.SubElement(dossiers_of(root), "Dossier"), "DossierMutaties")
    source = like.findtext("Identificatie/Bron") or ""
    for phase, code, at in states:
        state = State(
            source=source,
            number=f"{source[:40]}-{number}",
            name=f"{(like.findtext('Naam') or '').partition(':')[0][:200]}: dossier {number}",
            at=at,
            phase=phase,
            status=code,
            action=_ACTIONS.get(code),
            kind=like.findtext("Type") or "DossierStatus",
            link=like.findtext("Doorverwijzing") or "",
        )
        dossier.append(mutation_of(state, person, like))
