"""Read the MAGDA answers of an invented body; copied into its folder (`bodies`) as its parse.py."""

from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.table import (
    code,
    combination,
    date,
    group,
    number,
    text,
)
from portal.platform.sources.reading.xml import Element, text_at


def _full_name(element: Element) -> str:
    return f"{text_at(element, 'Voornaam')} {text_at(element, 'Achternaam')}".strip()


def _address(element: Element) -> str:
    street = f"{text_at(element, 'Straatnaam')} {text_at(element, 'Huisnummer')}"
    return f"{street}, {text_at(element, 'Postcode')} {text_at(element, 'Gemeente', 'Naam')}"


STATUSES = {"01": "Ingediend", "02": "In behandeling", "03": "Toegekend"}

FILE = group(
    {
        "Nummer": text("number", "Dossiernummer", "code"),
        "Type": code("type", "Soort"),
        "Status": group({".": code("status", "Toestand", STATUSES), "@DatumBegin": date("since", "Geldig vanaf")}),
        "Houder": group(
            {
                "INSZ": number("holder_insz", "Rijksregisternummer van de houder"),
                "Naam": combination("holder", "Houder", _full_name),
            }
        ),
        "Adres": combination("address", "Adres", _address),
        "Instelling/Naam": text("institution", "Instelling"),
    }
)

_ANSWER = group({"Dossiers/Dossier[]": FILE})


def dossiers(content: Element) -> list[Fact]:
    """Read the Inhoud of an invented answer."""
    facts: list[Fact] = []
    _ANSWER(content, "", facts)
    return facts
