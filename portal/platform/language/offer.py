"""Which languages are on offer: a setting, Dutch always among them."""

from collections.abc import Mapping
from functools import cache

from babel import Locale
from django.conf import settings

# The language that texts are written in, and shown in where a translation is missing.
DUTCH = "nl"
# How each is written here: English as in Britain, the others as in Belgium.
_LOCALES = {DUTCH: "nl_BE", "en": "en_GB", "fr": "fr_BE", "de": "de_BE"}


@cache
def names() -> Mapping[str, str]:
    """Name the languages on offer, each in its own words: code -> name."""
    return dict(settings.LANGUAGES)


def known_language(code: str | None) -> str:
    """Give the language of a code, as a cookie has it, if it is on offer; else Dutch."""
    return code if code is not None and code in names() else DUTCH


@cache
def locale_of(language: str) -> Locale:
    """Find the locale by which a language writes dates, numbers and lists (CLDR, by Babel)."""
    return Locale.parse(_LOCALES.get(language, language))
