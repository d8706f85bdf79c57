"""Turn an answer file into the answer to one question.

A file is parsed once per change, into a template: its text without the elements that differ from question to question
(moment, sender, receiver, references). An answer then costs no more than joining a few pieces.
"""

import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from uuid import uuid4
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lxml import etree

from .folders import AnswerFile
from .question import Question

_OPEN = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header/><soapenv:Body>'
)
_CLOSE = b"</soapenv:Body></soapenv:Envelope>"
# Stands for a gap in the text of a template; random and drawn when the town starts, so that no file can hold it.
_MARK = secrets.token_hex(8)
_SPLIT = re.compile(rf"@{_MARK}:(\w+)(?::([^@]*))?@".encode())
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def _brussels() -> tzinfo:
    try:
        return ZoneInfo("Europe/Brussels")
    except ZoneInfoNotFoundError:  # A machine without tzdata: times that are an hour off are better than no town.
        return UTC


ZONE = _brussels()


@dataclass(frozen=True)
class AnswerTemplate:
    """Hold an answer as text with gaps: triples (text, name of the gap behind it, its XML namespace prefix)."""

    pieces: tuple[tuple[bytes, str, str], ...]
    rest: bytes


@dataclass
class Answers:
    """Keep the templates of files read so far, each with the file's time of change (ns), by path."""

    templates: dict[str, tuple[int, AnswerTemplate]] = field(default_factory=dict)


def answer(answers: Answers, file: AnswerFile, question: Question, now: float) -> bytes:
    """Make the SOAP answer from a file; `now` in seconds since 1970.

    Raises lxml's XMLSyntaxError when the file is not XML.
    """
    changed, template = answers.templates.get(file.path, (None, None))
    if template is None or changed != file.changed:
        template = template_of(etree.parse(file.path, _PARSER).getroot())
        answers.templates[file.path] = (file.changed, template)
    return render(template, question, now)


def render(template: AnswerTemplate, question: Question, now: float) -> bytes:
    """Make the SOAP answer to a question from a template; `now` in seconds since 1970."""
    moment = datetime.fromtimestamp(now, ZONE)
    parts = [_OPEN]
    for text, gap, prefix in template.pieces:
        parts.append(text)
        parts.append(_fill(gap, prefix, question, moment).encode())
    parts += (template.rest, _CLOSE)
    return b"".join(parts)


def empty_answer(namespace: str, name: str, version: str) -> etree._Element:
    """Make the answer of a service without content or exceptions.

    What `render` fills in has values of no meaning, so that the answer is valid by MAGDA's schema before that too.
    """
    party = "<Identificatie>-</Identificatie><Referte>-</Referte>"
    return etree.fromstring(
        f'<w:{name}Response xmlns:w="{namespace}"><Repliek><Context><Naam>{name}</Naam><Versie>{version}</Versie>'
        "<Bericht><Type>ANTWOORD</Type><Tijdstip><Datum>2026-01-01</Datum><Tijd>00:00:00</Tijd></Tijdstip>"
        f"<Afzender>{party}</Afzender><Ontvanger>{party}</Ontvanger></Bericht></Context>"
        f"<Antwoorden><Antwoord><Referte>-</Referte></Antwoord></Antwoorden></Repliek></w:{name}Response>"
    )


def fault(text: str, code: str = "Server") -> bytes:
    """Make a SOAP 1.1 fault; `code` tells whose fault it is: Server or Client."""
    return (
        _OPEN
        + f"<soapenv:Fault><faultcode>soapenv:{code}</faultcode>"
        f"<faultstring>{_safe(text)}</faultstring></soapenv:Fault>".encode()
        + _CLOSE
    )


def template_of(root: etree._Element) -> AnswerTemplate:
    """Make a template of an answer; the tree is changed and must not be used any more."""
    for message in root.iterfind("Repliek/Context/Bericht"):
        _cut(message.find("Tijdstip"), "moment")
        _cut(message.find("Afzender"), "sender")
        _cut(message.find("Ontvanger"), "receiver")
    for reference in root.iterfind(".//Antwoord/Referte"):
        _cut(reference, "reference")
    pieces = _SPLIT.split(etree.tostring(root, encoding="UTF-8", with_tail=False))
    return AnswerTemplate(
        pieces=tuple(
            (pieces[n], pieces[n + 1].decode(), (pieces[n + 2] or b"").decode()) for n in range(0, len(pieces) - 1, 3)
        ),
        rest=pieces[-1],
    )


def _cut(element: etree._Element | None, gap: str) -> None:
    if element is not None:
        tail = element.tail
        element.clear()
        element.tail = tail
        element.text = f"@{_MARK}:{gap}:{element.prefix or ''}@"


def _fill(gap: str, prefix: str, question: Question, moment: datetime) -> str:
    if gap == "reference":
        return _safe(question.question_reference)
    if gap == "moment":
        return _elements(
            prefix, Datum=moment.strftime("%Y-%m-%d"), Tijd=moment.isoformat(timespec="milliseconds")[11:23]
        )
    if gap == "sender":
        return _elements(
            prefix,
            Identificatie="kb.vlaanderen.be/aiv/magda-mock-server",
            Naam="Magda Mock Server",
            Referte=str(uuid4()),
        )
    return _elements(
        prefix,
        Identificatie=question.sender,
        Referte=question.reference,
        Hoedanigheid=question.capacity,
        Gebruiker=question.user,
    )


def _elements(prefix: str, **values: str) -> str:
    start = f"{prefix}:" if prefix else ""
    return "".join(f"<{start}{name}>{_safe(value)}</{start}{name}>" for name, value in values.items() if value)


def _safe(text: str) -> str:
    return escape(text, {"\r": "&#13;"})
