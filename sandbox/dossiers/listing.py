"""List the dossiers of an answer as the town means them, for its page and for whoever compares."""

from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from .envelope import identification_of, mutations_of


@dataclass(frozen=True)
class DossierRow:
    """Hold a dossier by its newest mutation; `history` counts all, `changed_on` is the moment as it was written.

    `is_shown` tells whether the person may see it: a Raadpleger of a mutation that is not kept from view.
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
    """List the dossiers in the order of the answer."""
    found: dict[tuple[str, str], list[etree._Element]] = {}
    for mutation in mutations_of(root):
        found.setdefault(identification_of(mutation), []).append(mutation)
    return [row_of(key, mutations, person) for key, mutations in found.items()]


def newest(mutations: list[etree._Element]) -> etree._Element:
    """Choose the newest of a dossier's mutations: of one moment, the last to be written."""
    return max(enumerate(mutations), key=lambda numbered: (moment_of(numbered[1]), numbered[0]))[1]


def row_of(key: tuple[str, str], mutations: list[etree._Element], person: str) -> DossierRow:
    """List the dossier of which these are all mutations."""
    last = newest(mutations)

    def text(path: str) -> str:
        return (last.findtext(path) or "").strip()

    needs = text("Status/Actie/ActieNodig") == "1"
    return DossierRow(
        source=key[0],
        number=key[1],
        name=text("Naam"),
        kind=text("Type"),
        phase=text("Status/Fase"),
        status=text("Status/Code"),
        changed_on=_moment(last),
        action=text("Status/Actie/Omschrijving") if needs else None,
        history=len(mutations),
        is_shown=any(_is_shown(mutation, person) for mutation in mutations),
    )


def _is_shown(mutation: etree._Element, person: str) -> bool:
    sees = any(
        [subject.findtext(name) for name in ("Rol", "Type", "Sleutel")] == ["Raadpleger", "PERS", person]
        for subject in mutation.iterfind("Subjecten/Subject")
    )
    return sees and mutation.findtext("Eigenschappen/IsNietRaadpleegbaar") != "1"


def _moment(mutation: etree._Element) -> str:
    places = ("Status/DatumModificatie", "DatumModificatie", "Periode/Begin/Datum")
    return next((text for place in places if (text := (mutation.findtext(place) or "").strip())), "")


def moment_of(mutation: etree._Element) -> datetime:
    """Read when a mutation was made; what is no date is long ago."""
    try:
        read = datetime.fromisoformat(_moment(mutation))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return read if read.tzinfo else read.replace(tzinfo=UTC)
