"""Texts of ours in the language that holds now. Those of each language are looked up once: they are a closed set.

Asking Django costs more than most texts. What comes from elsewhere (a manifest, a form) goes by `translated`: it may
say something of somebody, and is not remembered.
"""

from django.utils import translation

from .current import held
from .translations import InDutch

_texts: dict[str, dict[str, str]] = {}
_language_now = held.get


def gettext(message: str) -> str:
    """Say a text that stands in our own code or templates, in the language that holds now."""
    try:
        return _texts[_language_now()][message]
    except KeyError:
        return _look_up(_language_now(), message)


def _look_up(language: str, message: str) -> str:
    # Also in a thread, where Django's own translation may not hold: what is remembered is for everybody.
    with translation.override(language):
        text = str(translation.gettext(message))
    return _texts.setdefault(language, {}).setdefault(message, text)


def translated(message: str) -> str:
    """Say a text that comes from elsewhere, in the language that holds now; one in Dutch alone stays as it is."""
    if isinstance(message, InDutch):
        return message
    return str(translation.gettext(message))
