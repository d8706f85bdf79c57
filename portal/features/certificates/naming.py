"""The name of a certificate's file. No I/O."""

import re
from datetime import datetime

from babel.dates import format_date

from portal.platform.language.dates import BRUSSELS
from portal.platform.language.offer import locale_of
from portal.platform.ui import file_names

from .types import Offer

PDF = ".pdf"
UNNAMED = "Attest"

_BEGINNING = re.compile(r"^attest van (?:de |het |een )?(?=\w)", re.IGNORECASE)


def title_of(offer: Offer, language: str) -> str:
    """Give the title of a certificate in the language of its document, or else in that of the page."""
    return offer.titles.get(language) or offer.title


def short(title: str) -> str:
    """Leave "Attest van" out of a title: "Gezinssamenstelling"."""
    rest = _BEGINNING.sub("", title)
    return f"{rest[:1].upper()}{rest[1:]}"


def file_name(offer: Offer, language: str, at: datetime) -> str:
    """Name the file of a certificate: "Gezinssamenstelling - 30 november 2026.pdf", without anything personal."""
    title = short(title_of(offer, language))
    year = f" {offer.year}" if offer.year and str(offer.year) not in title else ""
    day = format_date(at.astimezone(BRUSSELS), "long", locale_of(language))
    return f"{file_names.plain(f'{title}{year} - {day}', otherwise=UNNAMED)}{PDF}"
