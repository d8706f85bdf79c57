"""Which datasets there are: of a theme, of a body, about descent, and about a child. No source is asked."""

from collections.abc import Iterable, Sequence

from portal.platform.kit.folding import fold
from portal.platform.sources import catalogue
from portal.platform.sources.catalogue import DatasetEntry

from . import section
from .types import DatasetGroup, Theme

IDENTITY = "birth_date"  # `provides` in the manifest of the register's own record of a person


def of_theme(theme: str) -> Sequence[DatasetEntry]:
    """List the datasets of one theme, in the order of the catalogue."""
    return [entry for entry in catalogue.installed().entries if section.of(entry).theme == theme]


def themes() -> Sequence[Theme]:
    """List the themes that have datasets."""
    return [theme for theme in Theme if of_theme(theme)]


def with_tree() -> Sequence[DatasetEntry]:
    """List the datasets about descent."""
    return [entry for entry in catalogue.installed().entries if section.of(entry).tree]


def for_children() -> Sequence[DatasetEntry]:
    """List the datasets of which a parent may see something about a minor child."""
    return [entry for entry in catalogue.installed().entries if section.of(entry).for_child]


def is_identity(entry: DatasetEntry) -> bool:
    """Tell whether a dataset is the register's record of a person; the nickname stands beside it."""
    return entry.dataset.provides == IDENTITY


def by_body(entries: Iterable[DatasetEntry]) -> list[DatasetGroup]:
    """Group datasets by the body that keeps them, sorted by the names of bodies, as annex 1 of the policy is."""
    groups: dict[str, list[DatasetEntry]] = {}
    for entry in sorted(entries, key=lambda entry: fold(entry.agency.words.name)):
        groups.setdefault(entry.agency.id, []).append(entry)
    return [DatasetGroup(agency, of_body[0].agency.words.name, "", of_body) for agency, of_body in groups.items()]
