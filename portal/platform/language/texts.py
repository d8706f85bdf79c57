"""Texts of ours in the language that holds now. Those of each language are looked up once: they are a closed set.

Asking Django costs more than most texts. What comes from elsewhere (a manifest, a form) goes by `translated`: it may
say something of somebody, and is not remembered.
"""

from django.utils import translation

from .current import current


class _Texts(dict[str, str]):
    """The texts of one language that were asked for, by the Dutch ones."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def __missing__(self, message: str) -> str:
        with translation.override(self._language):
            text = self[message] = str(translation.gettext(message))
        return text


class _Languages(dict[str, _Texts]):
    """The texts of each language on offer."""

    def __missing__(self, language: str) -> _Texts:
        texts = self[language] = _Texts(language)
        return texts


_texts = _Languages()


def gettext(message: str) -> str:
    """Say a text that stands in our own code or templates, in the language that holds now."""
    return _texts[current()][message]


def translated(message: str) -> str:
    """Say a text that comes from elsewhere, in the language that holds now."""
    return str(translation.gettext(message))
