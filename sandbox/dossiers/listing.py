"""List the dossiers of an answer: for the town's page, and for tests that compare the portal's list with it.

It shares no code with the portal's own reading.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from .envelope import identification_of, mutations_of


@dataclass(frozen=True)
class DossierRow:
    """Hold a dossier's newest state, in the words and codes of the answer; "" for what it leaves out.

    `source` and `number` identify it (Bron, Dossiernummer), `kind` is its Type. `history` counts its mutations,
    `changed_on` is the newest one's time as the answer writes it, `action` is None where none is required and "" for
    one without words. `is_shown` tells whether the person may see it: as Raadpleger of any mutation that is not
    marked IsNietRaadpleegbaar.
    """

    source: str
    number: str
    name: str
    kind: str
    phase: str
    status: str
    changed_on: str
    action: str | None
    history: int
    is_shown: bool


def dossiers_in(root: etree._Element, person: str) -> list[DossierRow]:
    """List the dossiers in the order of the answer. root: all of it; person: the INSZ of whom it is about."""
    by_dossier: dict[tuple[str, str], list[etree._Element]] = {}
    for mutation in mutations_of(root):
        by_dossier.setdefault(identification_of(mutation), []).append(mutation)
    return [row_of(key, mutations, person) for key, mutations in by_dossier.items()]


def newest(mutations: list[etree._Element]) -> etree._Element:
    """Choose the newest of a dossier's mutations (one or more); of those with the same time, the last."""
    return max(enumerate(mutations), key=lambda pair: (moment_of(pair[1]), pair[0]))[1]


def row_of(key: tuple[str, str], mutations: list[etree._Element], person: str) -> DossierRow:
    """Make the row of a dossier from all its mutations, one or more, in the order of the answer.

    key: its source and number. person: an INSZ, of whoever may or may not see it.
    """
    last = newest(mutations)

    def text(path: str) -> str:
        return (last.findtext(path) or "").strip()

    has_action = text("Status/Actie/ActieNodig") == "1"
    return DossierRow(
        source=key[0],
        number=key[1],
        name=text("Naam"),
        kind=text("Type"),
        phase=text("Status/Fase"),
        status=text("Status/Code"),
        changed_on=_moment(last),
        action=text("Status/Actie/Omschrijving") if has_action else None,
        history=len(mutations),
        is_shown=any(_is_shown(mutation, person) for mutation in mutations),
    )


def _is_shown(mutation: etree._Element, person: str) -> bool:
    is_reader = any(
        [subject.findtext(name) for name in ("Rol", "Type", "Sleutel")] == ["Raadpleger", "PERS", person]
        for subject in mutation.iterfind("Subjecten/Subject")
    )
    return is_reader and mutation.findtext("Eigenschappen/IsNietRaadpleegbaar") != "1"


def _moment(mutation: etree._Element) -> str:
    places = ("Status/DatumModificatie", "DatumModificatie", "Periode/Begin/Datum")
    return next((text for place in places if (text := (mutation.findtext(place) or "").strip())), "")


def moment_of(mutation: etree._Element) -> datetime:
    """Read when a mutation was made (aware; UTC where no zone is named); without a valid time it is the oldest."""
    try:
        moment = datetime.fromisoformat(_moment(mutation))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
