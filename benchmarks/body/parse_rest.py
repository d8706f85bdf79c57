"""Read the JSON answers of an invented body; copied into its folder (`bodies`) as its parse.py."""

from typing import Any

from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.json_table import members
from portal.platform.sources.reading.table import date, meaning, number, text

STATUSES = {"01": "Ingediend", "02": "In behandeling", "03": "Toegekend"}

FILE = members(
    {
        "nummer": text("number", "Dossiernummer", "code"),
        "type/omschrijving": text("type", "Soort"),
        "status/code": meaning("status", "Toestand", STATUSES),
        "status/begin": date("since", "Geldig vanaf"),
        "houder/insz": number("holder_insz", "Rijksregisternummer van de houder"),
        "houder/naam": text("holder", "Houder"),
        "adres": text("address", "Adres"),
        "instelling/naam": text("institution", "Instelling"),
    }
)

_ANSWER = members({"dossiers[]": FILE})


def dossiers(content: Any) -> list[Fact]:
    """Read an invented answer."""
    facts: list[Fact] = []
    _ANSWER(content, "", facts)
    return facts
