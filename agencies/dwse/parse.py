"""Read the answers of GeefLoopbaanonderbrekingen 02.00: who worked less, when, why and for which allowance."""

import re

from portal.platform.sources.reading import decimals
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.magda_types import period
from portal.platform.sources.reading.table import Leaf, code, date, end_date, group, number, text
from portal.platform.sources.reading.xml import Element

_CENTS = re.compile(r"(?P<sign>[+-]?)(?P<digits>[0-9]{1,18})")


def cents_in_euros(cents: str) -> str:
    """Write an amount that the body gives in eurocents: "15808" is "158,08 euro"; any other text stays as it is."""
    amount = _CENTS.fullmatch(cents)
    if amount is None:
        return cents
    digits = amount["digits"].zfill(3)
    return decimals.in_euros(f"{amount['sign']}{digits[:-2]},{digits[-2:]}")


BREAK = group(
    {
        "Categorie": code("category", "Soort onderbreking"),
        "Periode": period(date("from", "Van"), end_date("until", "Tot en met")),
        "Vermindering": code("reduction", "Hoeveel minder werken"),
        "Reden": code("reason", "Reden"),
        "Regime": code("regime", "Regime"),
        "Contract": code("contract", "Contract"),
        "BijkomendeActiviteit": code("other_activity", "Bijkomende activiteit"),
        "BedragMaandelijkseUitkering": Leaf("monthly_amount", "Uitkering per maand", "text", cents_in_euros),
        "GemiddeldAantalUrenPerWeek": group(
            {
                "Referentiepersoon": text("full_time_hours", "Uren per week bij voltijds werk"),
                "Werknemer": text("own_hours", "Uw uren per week"),
            }
        ),
        "Bron": text("paid_by", "Uitkering van"),
        "Dossiernummer": text("file_number", "Dossiernummer", "code"),
        "INSZ": number("insz", "Rijksregisternummer"),
    }
)

_ANSWER = group({"Loopbaanonderbrekingen/Loopbaanonderbreking[]": BREAK})


def loopbaanonderbreking(content: Element) -> list[Fact]:
    """Read the Inhoud of GeefLoopbaanonderbrekingen."""
    facts: list[Fact] = []
    _ANSWER(content, "", facts)
    return facts
