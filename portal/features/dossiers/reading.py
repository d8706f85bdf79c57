"""Read an answer of GeefDossiers into dossiers: the changes that the citizen may see, put together by dossier.

Whatever the content, nothing is raised. What is not read here is named by its place, so that the outcome becomes
partial.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from portal.platform.kit import typed_text
from portal.platform.kit.folding import fold
from portal.platform.sources.inquiry import ReadContent
from portal.platform.sources.reading import leaves, marks, places
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.leaves import LeftOut
from portal.platform.sources.reading.table import NO, YES, plain_number
from portal.platform.sources.reading.xml import Element, children_of, namespace_of, text_of, without_namespaces

from . import moments
from .moments import LONG_AGO, Moment
from .types import Change, Contact, Dossier, Dossiers

MOST_OF_OTHERS = 5  # sources of changes about others that are named in the log, for one answer
MOST_CHANGES = 10_000  # of one answer that are read; the largest answer, 4 MB, holds some 6,000 of the shortest
MOST_TEXT = 4_000  # characters of one text: two printed pages
MOST_NAME = 300  # of a name, a number, a code
READER = "raadpleger"
PERSON = "pers"
# By the contract nothing below the root has a namespace; a gateway that adds namespaces of the contract is
# understood.
_OWN_NAMESPACE = re.compile(r"http://[a-z0-9_.-]{1,100}\.vip\.vlaanderen\.be/?")

CLOSED = "Eigenschappen/IsNietRaadpleegbaar"
CHANGE = "Dossiers/Dossier/DossierMutaties/DossierMutatie"

# A function that writes a `Bron` in one way, however its body spells it (`section.spell`).
type Spell = Callable[[str], str]
type Parts = Mapping[str, Element]  # the first child of each name
_NONE: Parts = {}


class _ReadChange(NamedTuple):
    """One change as it was read. identity: of its dossier, equal for its changes only. moment: by which it is shown.
    latest: the last moment that it can be, by any of its dates; LONG_AGO where it has none, as in `Moment`.
    is_theirs: the citizen may see it.
    """

    identity: tuple[str, str]
    source: str
    number: str
    moment: Moment
    latest: float
    is_theirs: bool
    change: Change


def read(
    content: Any, notes: Sequence[Fact], *, insz: str, spell: Spell, left_out: LeftOut, now: datetime
) -> ReadContent[Dossiers]:
    """Read the `Inhoud` of an answer about the person `insz`; its namespaces are taken out of `content`.

    notes: remarks of the answer, which are not used here. left_out: what is not read on purpose. now: a change
    that is dated later lies ahead.
    """
    own = {name for e in content.iter() if (name := namespace_of(e)) and _OWN_NAMESPACE.fullmatch(name)}
    if own:
        without_namespaces(content, own)
    with marks.note_reads() as read_marks:
        reader = _ChangeReader(insz, spell)
        changes = [reader.change_of(element) for element in _changes_in(content)]
        dossiers = group(changes, now.timestamp())
    unread = [*reader.unread, *leaves.unread_in_xml(content, read_marks, (), left_out)]
    complete = msgspec.structs.replace(
        dossiers,
        is_cut=reader.is_cut or len(changes) == MOST_CHANGES,
        is_about_another=reader.names_people and not reader.names_them,
        of_others=tuple(reader.of_others)[:MOST_OF_OTHERS],
    )
    return ReadContent(complete, list(dict.fromkeys(unread)), is_empty=not changes)


def _changes_in(content: Element) -> Iterable[Element]:
    for at, element in enumerate(content.iterfind(CHANGE)):
        if at == MOST_CHANGES:
            return
        yield element


def group(changes: Sequence[_ReadChange], now: float) -> Dossiers:
    """Put the changes of each dossier together, the newest first; of one moment the last in the answer is the newest.

    Where a change that the citizen may not see can be the newest, they see nothing of the dossier: an older state
    would seem to hold. now: seconds since 1970.
    """
    by_identity: dict[tuple[str, str], list[tuple[tuple[float, int], _ReadChange]]] = {}
    for at, change in enumerate(changes):
        by_identity.setdefault(change.identity, []).append(((change.moment.order, at), change))
    dossiers: list[tuple[float, Dossier]] = []
    hidden, withheld = 0, []
    for identity, of_dossier in by_identity.items():
        of_dossier.sort(key=lambda ranked: ranked[0], reverse=True)
        in_order = [change for _, change in of_dossier]
        theirs = [] if _is_withheld(in_order, now) else [change for change in in_order if change.is_theirs]
        hidden += len(in_order) - len(theirs)
        if theirs:
            dossiers.append((theirs[0].moment.order, _dossier(theirs)))
        elif in_order[0].number:
            withheld.append(identity)
    dossiers.sort(key=lambda ranked: ranked[0], reverse=True)
    return Dossiers(tuple(dossier for _, dossier in dossiers), hidden, tuple(withheld))


def _is_withheld(changes: Sequence[_ReadChange], now: float) -> bool:
    """Tell whether a hidden change of a dossier can be its newest; of one moment the hidden one is.

    Each is compared by the date by which it is shown, and then by the last of all its dates. By that last date a
    hidden change must come after the visible ones: some bodies give all changes of a dossier the same one. A visible
    change that is dated ahead shows nothing here: a body that mistook its year would keep the dossier open whatever
    it withdraws later.
    """
    hidden = [change for change in changes if not change.is_theirs]
    seen = [change for change in changes if change.is_theirs and change.moment.order <= now]
    last_shown = max((change.moment.order for change in seen), default=LONG_AGO)
    last_of_all = max((change.latest for change in seen), default=LONG_AGO)
    return any(
        not change.moment.day or change.moment.latest >= last_shown or change.latest > last_of_all
        for change in hidden
    )


def _dossier(changes: Sequence[_ReadChange]) -> Dossier:
    newest = changes[0]
    states = {
        (each.change.status, each.change.phase, each.change.needs_action)
        for each in changes
        if each.moment.order == newest.moment.order != LONG_AGO
    }
    own_changes = tuple(each.change for each in changes)
    return Dossier(newest.source, newest.number, own_changes, is_contested=len(states) > 1)


class _ChangeReader:
    """Reads the changes of one answer. unread: the places of values that cannot be understood."""

    def __init__(self, insz: str, spell: Spell) -> None:
        self.insz = insz
        self.spell = spell
        self.unread: list[str] = []
        self.is_cut = self.names_people = self.names_them = False
        self.of_others: dict[str, None] = {}
        self._count = 0

    def change_of(self, element: Element) -> _ReadChange:
        """Read one change."""
        self._count += 1
        parts = _parts(element)
        status = _parts(parts.get("Status"))
        action = _parts(status.get("Actie"))
        identification = _parts(parts.get("Identificatie"))
        source = self._text(identification.get("Bron"), MOST_NAME)
        number = self._text(identification.get("Dossiernummer"), MOST_NAME)
        if not number:
            self.unread.append(f"{CHANGE}/Identificatie/Dossiernummer")
        # Without a number, no other change can belong to the same dossier.
        identity = (self.spell(source), number or f"\0{self._count}")
        action_words = self._text(action.get("Omschrijving"), MOST_TEXT)
        period = _parts(parts.get("Periode"))
        changed = self._moment(status.get("DatumModificatie"), "Status/DatumModificatie")
        modified = self._moment(parts.get("DatumModificatie"), "DatumModificatie")
        begun, ended = self._bound(period.get("Begin")), self._bound(period.get("Einde"))
        known = [each for each in (changed, modified, begun) if each.day]
        moment = known[0] if known else moments.UNKNOWN
        latest = max((each.latest for each in known), default=LONG_AGO)
        change = Change(
            name=self._text(parts.get("Naam"), MOST_NAME),
            kind=self._text(parts.get("Type"), MOST_NAME),
            phase=self._text(status.get("Fase"), MOST_NAME),
            status=self._text(status.get("Code"), MOST_NAME),
            details=self._texts(status.get("Details"), "Detail"),
            day=moment.day,
            time=moment.time,
            needs_action=self._needs(action.get("ActieNodig"), action_words),
            action=action_words,
            due=self._moment(status.get("StreefDatum"), "Status/StreefDatum").day,
            target=self._moment(parts.get("StreefDatum"), "StreefDatum").day,
            until=ended.day,
            until_time=ended.time or ("00:00" if ended.day and _has_time(period["Einde"]) else ""),
            products=self._texts(parts.get("Producten"), "Product"),
            contact=self._contact(parts.get("Beheerder")),
            link=self._text(parts.get("Doorverwijzing"), MOST_TEXT),
            extra=self._text(parts.get("ExtraInformatie"), MOST_TEXT),
        )
        return _ReadChange(identity, source, number, moment, latest, self._is_theirs(element, parts, source), change)

    def _is_theirs(self, element: Element, parts: Parts, source: str) -> bool:
        subjects, is_reader = parts.get("Subjecten"), False
        names_people = names_them = False
        for each in children_of(subjects) if subjects is not None else ():
            if each.tag != "Subject":
                continue
            of_subject = _parts(each)
            is_person = fold(text_of(of_subject.get("Type"))[:MOST_NAME]) == PERSON
            key = text_of(of_subject.get("Sleutel"))
            is_them = is_person and plain_number(key) == self.insz
            # A subject can have several roles; that of reader among them is enough.
            roles = {fold(text_of(part)[:MOST_NAME]) for part in children_of(each) if part.tag == "Rol"}
            is_reader |= is_them and READER in roles
            names_people |= is_person
            names_them |= is_them
        self.names_people |= names_people
        self.names_them |= names_them
        if names_people and not names_them:
            self.of_others[source] = None
        # A flag that cannot be understood closes the dossier, and so does one of several.
        flags = [self._flag(flag, CLOSED, unknown=True) for flag in element.iterfind(CLOSED)]
        return is_reader and not any(flags)

    def _text(self, element: Element | None, most: int) -> str:
        written = text_of(element)
        if not written or (len(written) <= most and written.isascii() and written.isprintable()):
            return written
        self.is_cut |= len(written) > most
        kept = typed_text.beginning(written, most=most)
        return f"{kept}…" if len(written) > most else kept

    def _texts(self, element: Element | None, name: str) -> tuple[str, ...]:
        if element is None:
            return ()
        texts = (self._text(each, MOST_TEXT) for each in children_of(element) if each.tag == name)
        return tuple(text for text in texts if text)

    def _needs(self, flag: Element | None, action_words: str) -> bool:
        """Tell whether something is expected of the citizen; without a flag, whether it is described."""
        return (
            bool(action_words)
            if not text_of(flag)
            else self._flag(flag, "Status/Actie/ActieNodig", unknown=bool(action_words))
        )

    def _flag(self, element: Element | None, place: str, *, unknown: bool) -> bool:
        written = fold(text_of(element)[:MOST_NAME])
        if written in YES:
            return True
        if written and written not in NO:
            self.unread.append(f"{CHANGE}/{place}")
            return unknown
        return False

    def _moment(self, element: Element | None, place: str) -> Moment:
        written = text_of(element)
        if not written:
            return moments.UNKNOWN
        moment = moments.read(written)
        if not moment.day and not moments.says_nothing(written):
            self.unread.append(f"{CHANGE}/{place}")
        return moment

    def _bound(self, element: Element | None) -> Moment:
        """Read a day and a time that stand in elements of their own; a time that cannot be read is ignored."""
        parts = _parts(element)
        day, time = text_of(parts.get("Datum")), text_of(parts.get("Tijd"))
        if not day:
            return moments.UNKNOWN
        together = moments.read(f"{day}T{time}") if time else moments.UNKNOWN
        moment = together if together.day else moments.read(day)
        if not moment.day and not moments.says_nothing(day):
            self.unread.append(f"{CHANGE}/Periode")
        return moment

    def _contact(self, element: Element | None) -> Contact | None:
        parts = _parts(element)
        contact = _parts(parts.get("Contact"))
        read_contact = Contact(
            name=self._text(contact.get("Naam"), MOST_NAME),
            service=self._text(_parts(contact.get("Dienst")).get("Omschrijving"), MOST_NAME),
            phone=self._text(contact.get("Telefoon"), MOST_NAME),
            mobile=self._text(contact.get("GSM"), MOST_NAME),
            email=self._text(contact.get("Email"), MOST_NAME),
            website=self._text(contact.get("Website"), MOST_TEXT),
            address=self._address(_parts(parts.get("Adres"))),
        )
        return read_contact if read_contact != _NO_CONTACT else None

    def _address(self, parts: Parts) -> str:
        town, country = _parts(parts.get("Gemeente")), _parts(parts.get("Land"))
        of_country = [self._text(country.get(name), MOST_NAME) for name in ("Naam", "ISOCode", "NISCode")]
        lines = (
            (
                self._text(_parts(parts.get("Straat")).get("Naam"), MOST_NAME),
                places.without_filler(self._text(parts.get("Huisnummer"), MOST_NAME)),
                places.box_in_words(self._text(parts.get("Busnummer"), MOST_NAME)),
            ),
            (
                places.without_filler(self._text(town.get("Postcode"), MOST_NAME)),
                self._text(town.get("Naam"), MOST_NAME),
            ),
            (places.country_abroad(*of_country),),
        )
        return ", ".join(" ".join(part for part in line if part) for line in lines if any(line))


_NO_CONTACT = Contact()


def _has_time(bound: Element) -> bool:
    """Tell whether the begin or end of a period has a time that can be read, midnight too."""
    parts = _parts(bound)
    return moments.exact(f"{text_of(parts.get('Datum'))}T{text_of(parts.get('Tijd'))}") is not None


def _parts(element: Element | None) -> Parts:
    """Give the children of an element by name, the first of each name."""
    if element is None:
        return _NONE
    parts: dict[str, Element] = {}
    for part in children_of(element):
        parts.setdefault(str(part.tag), part)
    return parts
