"""A change of a dossier, the state after it, and the `DossierMutatie` that holds that state in an answer."""

import copy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from lxml import etree

# The lengths that the schema of GeefDossiers allows for a text.
ShortText = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
ShortTextOrEmpty = Annotated[str, msgspec.Meta(max_length=255)]
DossierKind = Literal["DossierStatus", "Financieel voordeel", "Verwijzing"]


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hold a change of a dossier, as programs send it.

    A name, phase, status, kind or link that is left out stays as it was, and an empty text removes it. `action`,
    `details` and `expected` belong to the status: left out, they are removed. `action` is what the citizen must do in
    words, or true for an action without words; `expected` is when the body expects to be done. With `silent` the body
    notifies the portal too: false makes a notice of which the person is told, true a silent one.
    """

    person: Annotated[str, msgspec.Meta(pattern="^[0-9]{11}$")]
    source: ShortText
    number: ShortText
    name: ShortText | msgspec.UnsetType = msgspec.UNSET
    phase: ShortTextOrEmpty | msgspec.UnsetType = msgspec.UNSET
    status: ShortTextOrEmpty | msgspec.UnsetType = msgspec.UNSET
    action: ShortTextOrEmpty | bool | Literal[0, 1] | None = None
    kind: DossierKind | msgspec.UnsetType = msgspec.UNSET
    details: Annotated[list[ShortText], msgspec.Meta(max_length=2)] = []
    expected: datetime | None = None
    link: ShortTextOrEmpty | msgspec.UnsetType = msgspec.UNSET
    silent: bool | msgspec.UnsetType = msgspec.UNSET


@dataclass(frozen=True)
class State:
    """Hold the state of a dossier from `at` on; `action` is None without one, "" for one without words."""

    source: str
    number: str
    name: str
    at: datetime
    phase: str = ""
    status: str = ""
    action: str | None = None
    kind: str = "DossierStatus"
    details: tuple[str, ...] = ()
    expected: datetime | None = None
    link: str = ""


def state_of(mutation: etree._Element, at: datetime) -> State:
    """Read from a mutation what a change at `at` leaves as it was: all but action, details and expected."""

    def text(path: str) -> str:
        return (mutation.findtext(path) or "").strip()

    return State(
        source=text("Identificatie/Bron"),
        number=text("Identificatie/Dossiernummer"),
        name=text("Naam"),
        at=at,
        phase=text("Status/Fase"),
        status=text("Status/Code"),
        kind=text("Type"),
        link=text("Doorverwijzing"),
    )


def state_after(before: State, change: Change) -> State:
    """Give the state after a change; its `at` is that of `before`."""
    has_action = change.action not in (None, False, 0, "")
    changed = {
        name: value
        for name in ("name", "phase", "status", "kind", "link")
        if (value := getattr(change, name)) is not msgspec.UNSET
    }
    return replace(
        before,
        action=(change.action if isinstance(change.action, str) else "") if has_action else None,
        details=tuple(change.details),
        expected=change.expected,
        **changed,
    )


def mutation_of(state: State, person: str, like: etree._Element | None = None) -> etree._Element:
    """Make a mutation with a state; handler (Beheerder) and products are copied from `like`, a mutation of that body.

    Raises ValueError when a text holds what cannot stand in XML.
    """
    mutation = etree.Element("DossierMutatie")
    identification = etree.SubElement(mutation, "Identificatie")
    _put(identification, "Bron", state.source)
    _put(identification, "Dossiernummer", state.number)
    _put(mutation, "Naam", state.name)
    _put(mutation, "DatumModificatie", _moment(state.at))
    _put(mutation, "StreefDatum", _moment(state.expected) if state.expected else "")
    _put_status(mutation, state)
    _put(mutation, "Type", state.kind)
    for name in ("Producten", "Beheerder"):
        example = like.find(name) if like is not None else None
        if example is not None:
            mutation.append(copy.deepcopy(example))
    _put(mutation, "Doorverwijzing", state.link)
    subject = etree.SubElement(etree.SubElement(mutation, "Subjecten"), "Subject")
    for name, text in (("Rol", "Raadpleger"), ("Type", "PERS"), ("Sleutel", person)):
        _put(subject, name, text)
    begin = etree.SubElement(etree.SubElement(mutation, "Periode"), "Begin")
    _put(begin, "Datum", state.at.date().isoformat())
    _put(begin, "Tijd", state.at.strftime("%H:%M:%S"))
    return mutation


def _put_status(mutation: etree._Element, state: State) -> None:
    if state.kind == "Verwijzing" and not (state.phase or state.status or state.details):
        return
    status = etree.SubElement(mutation, "Status")
    _put(status, "Code", state.status)
    _put(status, "Fase", state.phase)
    if state.details:
        details = etree.SubElement(status, "Details")
        for detail in state.details:
            _put(details, "Detail", detail)
    _put(status, "DatumModificatie", _moment(state.at))
    if state.action is not None:
        action = etree.SubElement(status, "Actie")
        _put(action, "ActieNodig", "1")
        _put(action, "Omschrijving", state.action)


def _put(below: etree._Element, name: str, text: str) -> None:
    if text:
        etree.SubElement(below, name).text = text


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
