"""Read a SOAP question of MAGDA: the service, the sender, the key of its answer."""

from dataclasses import dataclass
from typing import cast

from lxml import etree

from .keys import keys_for

MAX_BYTES = 1_000_000
_NAME = etree.XPath("string(//Verzoek/Context/Naam)")
_VERSION = etree.XPath("string(//Verzoek/Context/Versie)")
_SENDER = etree.XPath("//Verzoek/Context/Bericht/Afzender")
_REFERENCE = etree.XPath("string(//Verzoek/Vragen/Vraag/Referte)")
_BEGIN = etree.XPath("string(//Inschrijving/Periode/Begin)")
_UNTIL = etree.XPath("string(//Inschrijving/Periode/Einde)")
_ATTEST = etree.XPath("string(//Criteria/Attest/Naam)")
_LANGUAGE = etree.XPath("string(//Criteria/Attest/Taal)")
_MUNICIPALITY = etree.XPath("string(//Inhoud/GemeenteVanAfgifte)")
_CONTENT = etree.XPath("string(.)")
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


class BadQuestion(Exception):
    """The question cannot be read; the text goes into the SOAP fault and holds nothing of the question."""


@dataclass(frozen=True)
class Question:
    """Hold what the answer needs; a text is empty where the question has no such element.

    `name` and `version` are the service's; `sender`, `reference`, `capacity` and `user` are of its Afzender, and
    `question_reference` is the Referte of its Vraag. `period` is that of a registration in the repertorium; `attest`,
    `language` and `municipality` are criteria of GeefAttest.
    """

    name: str
    version: str
    keys: tuple[str, ...]
    sender: str
    reference: str
    capacity: str
    user: str
    question_reference: str
    period: tuple[str, str] = ("", "")
    attest: str = ""
    language: str = ""
    municipality: str = ""


def read(body: bytes) -> Question:
    """Read a SOAP 1.1 envelope.

    Raises BadQuestion for what is not XML, has a document type, or names no service.
    """
    try:
        root = etree.fromstring(body, _PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadQuestion("De vraag is geen geldige XML.") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadQuestion("De vraag heeft een DOCTYPE; dat mag niet.")
    name, version = _text(_NAME, root), _text(_VERSION, root)
    if not name or not version:
        raise BadQuestion("Verzoek/Context/Naam of Versie ontbreekt.")
    senders = cast("list[etree._Element]", _SENDER(root))
    sender = senders[0] if senders else etree.Element("Afzender")
    reference = _child(sender, "Referte")
    return Question(
        name=name,
        version=version,
        keys=tuple(key for path in keys_for(name, version) if (key := _first(path, root))),
        sender=_child(sender, "Identificatie"),
        reference=reference,
        capacity=_child(sender, "Hoedanigheid"),
        user=_child(sender, "Gebruiker"),
        question_reference=_text(_REFERENCE, root) or reference,
        period=(_text(_BEGIN, root), _text(_UNTIL, root)),
        attest=_text(_ATTEST, root),
        language=_text(_LANGUAGE, root),
        municipality=_text(_MUNICIPALITY, root),
    )


def _text(path: etree.XPath, root: etree._Element) -> str:
    return cast("str", path(root)).strip()


def _child(element: etree._Element, name: str) -> str:
    return (element.findtext(name) or "").strip()


def _first(path: etree.XPath, root: etree._Element) -> str:
    elements = cast("list[etree._Element]", path(root))
    return cast("str", _CONTENT(elements[0])).strip() if elements else ""
