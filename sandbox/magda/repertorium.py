"""MAGDA's repertorium: some services answer about a person only while that person is registered in it.

RegistreerInschrijving 02.01 registers somebody for a period; whether that succeeds is what the answer in the folders
says. A service that demands a registration answers 40003 about a person who has none today.
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
    """Hold the sources that demand a registration, and each person's first and last day of registration."""

    required: set[str] = field(default_factory=set)
    registered: dict[str, tuple[dt.date, dt.date]] = field(default_factory=dict)


def enforce(
    book: Repertorium, question: Question, sources: tuple[str, ...], answer: web.Response, now: float
) -> web.Response:
    """Give the answer as the repertorium allows, after writing a registration into it.

    The content is replaced by the exception 40003 without a registration, 40143 for one that exists already, 20001
    for an invalid period. `sources` are those that serve the question, `now` is in seconds since 1970.
    """
    if answer.status != 200 or not question.keys or not isinstance(answer.body, bytes):
        return answer
    person = question.keys[-1]
    today = dt.datetime.fromtimestamp(now, ZONE).date()
    begin, until = book.registered.get(person, (dt.date.max, dt.date.min))
    if (question.name, question.version) == REGISTER:
        if not _SUCCEEDS(etree.fromstring(answer.body, _PARSER)):
            return answer
        period = _period(question)
        if period is None:
            return _instead(answer, "20001", "FOUT", "De periode van de inschrijving is ongeldig.")
        if begin <= period[0] and period[1] <= until:
            return _instead(answer, "40143", "WAARSCHUWING", "Deze inschrijving bestaat al.")
        book.registered[person] = period
    elif not book.required.isdisjoint(sources) and not begin <= today <= until:
        return _instead(answer, "40003", "FOUT", "Er is geen inschrijving in het repertorium.")
    return answer


def _period(question: Question) -> tuple[dt.date, dt.date] | None:
    try:
        begin, until = (dt.date.fromisoformat(text) for text in question.period)
    except ValueError:
        return None
    return (begin, until) if begin <= until else None


def _instead(answer: web.Response, code: str, kind: str, diagnosis: str) -> web.Response:
    """Replace an answer's content by one Uitzondering."""
    assert isinstance(answer.body, bytes)  # noqa: S101 - seen by the caller
    root = etree.fromstring(answer.body, _PARSER)
    for place in root.iter("Antwoord"):
        for element in place.findall("Inhoud") + place.findall("Uitzonderingen"):
            place.remove(element)
        exception = etree.SubElement(etree.SubElement(place, "Uitzonderingen"), "Uitzondering")
        moment = root.find(".//Context/Bericht/Tijdstip")
        for name, text in (("Identificatie", code), ("Oorsprong", "MAGDA"), ("Type", kind)):
            etree.SubElement(exception, name).text = text
        if moment is not None:
            exception.append(etree.fromstring(etree.tostring(moment, with_tail=False)))
        etree.SubElement(exception, "Diagnose").text = diagnosis
    answer.body = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return answer
