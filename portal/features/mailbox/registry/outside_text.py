"""Make texts of providers fit to be shown: on one line, cut, without invisible characters.

Their length is checked before any other work on them.
"""

from collections.abc import Mapping
from typing import Any

from portal.platform.kit import typed_text

LANGUAGES = ("nl", "fr", "de", "en")


def line_of(written: Any, most: int) -> str:
    """Read a text as one line, cut to `most` characters; "" for what is no string."""
    return typed_text.beginning(written, most=most).strip() if isinstance(written, str) else ""


def by_language(written: Any, most: int) -> dict[str, str]:
    """Read a text by language (LANGUAGES); empty texts, and values that are no strings, are left out."""
    if not isinstance(written, Mapping):
        return {}
    return {
        language: text for language in LANGUAGES if language in written and (text := line_of(written[language], most))
    }
