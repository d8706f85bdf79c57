"""The text of an attest about a person: read from the town's own answers of the register, and `words.toml`."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lxml import etree

from sandbox.magda import folders
from sandbox.magda.folders import Library

WORDS = Path(__file__).with_name("words.toml")
LANGUAGES = ("nl", "fr", "de")
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
_LABELS = {
    "nl": (
        "Naam",
        "Rijksregisternummer",
        "Geboren op",
        "Adres",
        "Sinds",
        "Nationaliteit",
        "Gezinslid",
        "Uitgereikt door",
    ),
    "fr": (
        "Nom",
        "Numéro national",
        "Né(e) le",
        "Adresse",
        "Depuis le",
        "Nationalité",
        "Membre du ménage",
        "Délivré par",
    ),
    "de": (
        "Name",
        "Nationalnummer",
        "Geboren am",
        "Anschrift",
        "Seit",
        "Staatsangehörigkeit",
        "Haushaltsmitglied",
        "Ausgestellt von",
    ),
}


@dataclass(frozen=True)
class Contents:
    """Hold the text of an attest: a title, a sentence, and labels with their values."""

    title: str
    sentence: str
    facts: tuple[tuple[str, str], ...]


@cache
def words() -> dict[str, dict[str, list[str]]]:
    """Read `words.toml`: for each attest, by its Naam, title and sentence by language, and which `facts` it has."""
    return tomllib.loads(WORDS.read_text("utf-8"))


def contents(library: Library, number: str, name: str, language: str, municipality: str) -> Contents | None:
    """Give the text of an attest about a person; None when the register has nobody of this number.

    `name` is the attest's Naam, `municipality` the NIS code of the one that issues it. Raises KeyError for an attest
    or a language that does not exist.
    """
    person = _read(library, "GeefPersoon", "02.02.0000", number)
    if person is None:
        return None
    known = words()[name]
    title, sentence = known[language]
    label = dict(
        zip(
            ("name", "number", "born", "address", "since", "nationality", "member", "issuer"),
            _LABELS[language],
            strict=True,
        )
    )
    facts = [
        (label["name"], _name(person)),
        (label["number"], f"{number[:2]}.{number[2:4]}.{number[4:6]}-{number[6:9]}.{number[9:]}"),
        (label["born"], _text(person, "Geboorte/Datum")),
    ]
    residence = person.find("Adressen/Hoofdverblijfplaats")
    if {"address", "household"} & set(known["facts"]) and residence is not None:
        facts += [(label["address"], _address(residence)), (label["since"], residence.get("DatumBegin", ""))]
    if "nationality" in known["facts"]:
        facts += [
            (label["nationality"], it.text or "")
            for it in person.findall("Nationaliteiten/Nationaliteit/Omschrijving")
        ]
    if "household" in known["facts"]:
        facts += [(label["member"], member) for member in _household(library, number)]
    facts.append((label["issuer"], f"Modelstad (demonstratie), NIS {municipality}"))
    return Contents(title, sentence, tuple((name_of_fact, value or "-") for name_of_fact, value in facts))


def _household(library: Library, number: str) -> Iterator[str]:
    household = _read(library, "GeefGezinssamenstelling", "02.02.0000", number, "Gezinsleden")
    for member in household.iterchildren("Gezinslid") if household is not None else ():
        yield f"{_name(member)} ({_text(member, 'Geboortedatum') or '-'})"


def _read(library: Library, name: str, version: str, number: str, content: str = "Persoon") -> etree._Element | None:
    """Read the element `content` of a service's answer about exactly this person; None without such an answer."""
    file = folders.find(library, "Persoon", name, version, (number,))
    if file is None or Path(file.path).stem != number:
        return None
    try:
        root = etree.parse(file.path, _PARSER).getroot()
    except (etree.XMLSyntaxError, OSError):
        return None
    return next(root.iter(content), None)


def _name(element: etree._Element) -> str:
    first = [it.text or "" for it in element.findall("Naam/Voornamen/Voornaam")]
    last = [it.text or "" for it in element.findall("Naam/Achternamen/Achternaam")]
    return " ".join((*first, *last)).strip()


def _address(residence: etree._Element) -> str:
    street = " ".join(filter(None, (_text(residence, "Straatnaam/String"), _text(residence, "Huisnummer"))))
    town = " ".join(filter(None, (_text(residence, "Postcode"), _text(residence, "Gemeentenaam/String"))))
    return ", ".join(filter(None, (street, town)))


def _text(element: etree._Element, path: str) -> str:
    return (element.findtext(path) or "").strip()
