"""Which datasets stand under which theme, and which a parent may ask about a child; nobody is asked anything."""

from collections.abc import Sequence

from portal.platform.sources import catalogue
from portal.platform.sources.catalogue import Entry

from . import section
from .types import Theme


def of_theme(theme: str) -> Sequence[Entry]:
    """List the datasets of one theme, in the order of the catalogue."""
    return [entry for entry in catalogue.installed().entries if section.of(entry).theme == theme]


def themes() -> Sequence[Theme]:
    """List the themes that have datasets."""
    return [theme for theme in Theme if of_theme(theme)]


def with_tree() -> Sequence[Entry]:
    """List the datasets about descent."""
    return [entry for entry in catalogue.installed().entries if section.of(entry).tree]


def for_children() -> Sequence[Entry]:
    """List the datasets of which a parent may see something about a minor child."""
    return [entry for entry in catalogue.installed().entries if section.of(entry).for_child]
