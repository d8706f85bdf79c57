"""The repertorium: who may be asked about, for services that demand a registration first.

RegistreerInschrijving 02.01 writes it. What the folders answer to a registration decides whether it succeeds; a
service that demands one answers 40003 in its place for whoever has none today.
"""

import datetime as dt
from dataclasses import dataclass, field

from aiohttp import web
from lxml import etree

from .answers import ZONE
from .question import Question

REGISTER = ("RegistreerInschrijving", "02.01.0000")
_SUCCEEDS = etree.XPath("string(//Antwoord/Inhoud/Resultaat) = '1'")
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


@dataclass
class Repertorium:
    """Hold which sources demand a registration, and from and until when (date) each person is registered."""

    required: set[str] = field(default_factory=set)
    registered: dict[str, tuple[dt.date, dt.date]] = field(default_factory=dict)


def kept(
    book: Repertorium, asked: Question, sources: tuple[str, ...], answer: web.Response, now: float
) -> web.Response:
    """Keep to the repertorium: give the answer, after noting a registration, or say 40003 or 40143 in its place.

    `now` in seconds since 1970.
    """
    if answer.status != 200 or not asked.keys or not isinstance(answer.body, bytes):
        return answer
    person = asked.keys[-1]
    today = dt.datetime.fromtimestamp(now, ZONE).date()
    begin, until = book.registered.get(person, (dt.date.max, dt.date.min))
    if (asked.name, asked.version) == REGISTER:
        if not _SUCCEEDS(etree.fromstring(answer.body, _PARSER)):
            return answer
        wanted = _period(asked)
        if wanted is None:
            return _instead(answer, "20001", "FOUT", "De periode van de inschrijving is ongeldig.")
        if begin <= wanted[0] and wanted[1] <= until:
            return _instead(answer, "40143", "WAARSCHUWING", "Deze inschrijving bestaat al.")
        book.registered[person] = wanted
    elif not book.required.isdisjoint(sources) and not begin <= today <= until:
        return _instead(answer, "40003", "FOUT", "Er is geen inschrijving in het repertorium.")
    return answer


def _period(asked: Question) -> tuple[dt.date, dt.date] | None:
    try:
        begin, until = (dt.date.fromisoformat(text) for text in asked.period)
    except ValueError:
        return None
    return (begin, until) if begin <= until else None


def _instead(answer: web.Response, code: str, kind: str, diagnosis: str) -> web.Response:
    """Put one Uitzondering in the place of an answer's content."""
    assert isinstance(answer.body, bytes)  # noqa: S101 - seen by the caller
    root = etree.fromstring(answer.body, _PARSER)
    for place in root.iter("Antwoord"):
        for element in place.findall("Inhoud") + place.findall("Uitzonderingen"):
            place.remove(element)
        told = etree.SubElement(etree.SubElement(place, "Uitzonderingen"), "Uitzondering")
        moment = root.find(".//Context/Bericht/Tijdstip")
        for name, text in (("Identificatie", code), ("Oorsprong", "MAGDA"), ("Type", kind)):
            etree.SubElement(told, name).text = text
        if moment is not None:
            told.append(etree.fromstring(etree.tostring(moment, with_tail=False)))
        etree.SubElement(told, "Diagnose").text = diagnosis
    answer.body = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return answer
