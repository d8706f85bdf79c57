"""Read the answers of GeefStatusRechtOndersteuningen 02.00: which support at work somebody has a right to."""

from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.magda_types import period
from portal.platform.sources.reading.table import code, date, end_date, group, number
from portal.platform.sources.reading.xml import Element

# The words for codes, when an answer has no description beside them.
MEASURES = {
    "VOP": "Vlaamse ondersteuningspremie",
    "LDE": "Lokale diensteneconomie",
    "MWB": "Maatwerkbedrijf",
    "MWA": "Maatwerkafdeling",
}
STATUSES = {
    "TG": "Toegekend",
    "GG": "Goedgekeurd",
    "IB": "In behandeling",
    "GW": "Geweigerd",
    "AF": "Afgesloten",
}

RIGHT = group(
    {
        "Maatregel": code("measure", "Maatregel", MEASURES),
        "Status": code("status", "Status", STATUSES),
        "DatumBeslissing": date("decided_on", "Beslist op"),
        "Periode": period(date("from", "Van"), end_date("until", "Tot en met")),
        "INSZ": number("insz", "Rijksregisternummer"),
    }
)

_ANSWER = group({"StatusRechtOndersteuningen/StatusRechtOndersteuning[]": RIGHT})


def ondersteuning(content: Element) -> list[Fact]:
    """Read the Inhoud of GeefStatusRechtOndersteuningen."""
    facts: list[Fact] = []
    _ANSWER(content, "", facts)
    return facts
