"""What the check page says, in four languages (`words.toml`), and how dates are written in each."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

from babel.dates import format_date

from portal.platform.language.current import current
from portal.platform.language.dates import BRUSSELS
from portal.platform.language.offer import locale_of
from portal.platform.seals.wording import LANGUAGES

FILE = Path(__file__).with_name("words.toml")
NAMES = {"nl": "Nederlands", "fr": "Français", "de": "Deutsch", "en": "English"}


@cache
def _all() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(FILE.read_text("utf-8"))


def texts(language: str) -> Mapping[str, str]:
    """Give all texts of the page in a language, by their keys."""
    return _all()[language]


def choose_language(wanted: str) -> str:
    """Give the language that is wanted, else that of the portal's pages, else Dutch."""
    return wanted if wanted in LANGUAGES else current() if current() in LANGUAGES else "nl"


def moment(at: datetime, language: str) -> str:
    """Write a moment in a language, in Belgian time."""
    local = at.astimezone(BRUSSELS)
    return f"{format_date(local, 'long', locale_of(language))}, {local:%H:%M}"
