"""Read the types that MAGDA's services share: an address, how to reach somebody, a period, a school year."""

import re

from . import places
from .table import Leaf, Reader, combination, date, group, text
from .xml import Element, text_at


def address(key: str, label: str) -> Reader:
    """Show an address on one line, and as another fact when it was changed."""
    return group(
        {
            ".": combination(key, label, address_in_words),
            "@DatumModificatie": date(f"{key}_changed", f"{label}: gewijzigd op"),
        }
    )


def address_in_words(element: Element) -> str:
    """Write an address on one line: "Kouter 12 bus A, 9000 Gent"; with the country only when abroad."""
    country = [text_at(element, "Land", name) for name in ("Naam", "ISOCode", "NISCode")]
    lines = (
        (
            text_at(element, "Straat", "Naam"),
            places.without_filler(text_at(element, "Huisnummer")),
            places.box_in_words(text_at(element, "Busnummer")),
        ),
        (places.without_filler(text_at(element, "Gemeente", "PostCode")), text_at(element, "Gemeente", "Naam")),
        (places.country_abroad(*country),),
    )
    return ", ".join(" ".join(part for part in line if part) for line in lines if any(line))


def contact(key: str, who: str) -> Reader:
    """Show how to reach an institution or a place; `who` is a noun with "de" ("school")."""
    return group(
        {
            "Telefoonnummer": text(f"{key}_telephone", f"Telefoon van de {who}"),
            "Email": text(f"{key}_email", f"E-mail van de {who}"),
            "Website": text(f"{key}_website", f"Website van de {who}"),
        }
    )


def period(begin: Reader, end: Reader) -> Reader:
    """Read a period by the readers of its first and its last day."""
    return group({"Begin": begin, "Einde": end})


def school_year(key: str, label: str) -> Leaf:
    """Show a school or academic year by both its calendar years: "2015" is "2015-2016"."""
    return Leaf(key, label, "text", both_years)


def both_years(first: str) -> str:
    """Put "2015" as "2015-2016"; what is no year stays as it is."""
    return f"{first}-{int(first) + 1}" if re.fullmatch("[0-9]{4}", first) else first
