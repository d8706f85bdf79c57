"""The last audit of accessibility, from `audit.toml`: what the statement says, and which pages were examined.

`audit.toml` is rewritten whenever the pages are examined again (docs/operations.md, Accessibility statement). A test
(tests/house/test_audit.py) fails for a page of the URL table that is not in its list.
"""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec

from portal.platform.language import translations
from portal.platform.language.current import current

FILE = Path(__file__).with_name("audit.toml")

RequiredText = Annotated[translations.Text, msgspec.Meta(min_length=1)]


class NonConformity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What does not conform (what), and for whom; what they can do (instead); the criterion of WCAG."""

    what: RequiredText
    instead: RequiredText
    criterion: str = ""


class AccessibilityAudit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An audit: when, how, of which pages, and what did not conform. pages: their paths, `…` for a variable part."""

    on: date
    method: tuple[RequiredText, ...]
    pages: tuple[str, ...]
    lacking: tuple[NonConformity, ...] = ()


def last() -> AccessibilityAudit:
    """Give the last audit, in the language that holds now."""
    return _in_language(current())


@cache
def _in_language(language: str) -> AccessibilityAudit:
    written = tomllib.loads(FILE.read_text("utf-8"))
    lacking = tuple(translations.read(row, NonConformity, language) for row in written.pop("lacking", []))
    return msgspec.structs.replace(translations.read(written, AccessibilityAudit, language), lacking=lacking)
