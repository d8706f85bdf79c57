"""Texts in the language that holds now.

Texts of our own code and templates are a closed set, so `gettext` looks each up once per language and remembers it:
Django's look-up costs more than rendering most texts. Text from elsewhere (a manifest, a form) may be personal data,
so `translate` remembers nothing.
"""

from django.utils import translation

from .current import held
from .translations import InDutch

_texts: dict[str, dict[str, str]] = {}
_language_now = held.get


def gettext(message: str) -> str:
    """Translate a text that stands in our own code or templates."""
    try:
        return _texts[_language_now()][message]
    except KeyError:
        return _look_up(_language_now(), message)


def _look_up(language: str, message: str) -> str:
    # The language is set for Django too: in a thread another may hold, and what is remembered here is for everybody.
    with translation.override(language):
        text = str(translation.gettext(message))
    return _texts.setdefault(language, {}).setdefault(message, text)


def translate(message: str) -> str:
    """Translate a text that comes from elsewhere; one that exists in Dutch only (`InDutch`) is given unchanged."""
    if isinstance(message, InDutch):
        return message
    return str(translation.gettext(message))
