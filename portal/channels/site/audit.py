"""The last audit of accessibility, as it was committed: what the statement says, and on which pages it rests.

`audit.toml` is written when the pages were looked at again (docs/operations.md, Accessibility statement). A test
compares its list of pages with the URL table: a page that nobody looked at is named, however young the audit is.
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

Said = Annotated[translations.Text, msgspec.Meta(min_length=1)]


class NonConformity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that does not conform: what, for whom it matters and what they can do; criterion: of WCAG."""

    what: Said
    instead: Said
    criterion: str = ""


class AccessibilityAudit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was looked at, when, how, and what was found. pages: their addresses, `…` for what differs."""

    on: date
    method: tuple[Said, ...]
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
