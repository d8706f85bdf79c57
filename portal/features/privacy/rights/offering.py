"""Of whom a right can be asked: the bodies of this portal, and for what is wrong the pages that there are for it."""

from collections.abc import Sequence

from portal.platform.kit import folding
from portal.platform.sources import catalogue
from portal.platform.sources.catalogue import Agency, DatasetEntry
from portal.platform.ui.links import links

from .types import DataRight


def bodies() -> Sequence[Agency]:
    """List the bodies of this portal by name, in the language that holds now."""
    return sorted(catalogue.installed().agencies, key=lambda one: folding.fold(one.words.name))


def datasets_to_correct(right: DataRight, agency: Agency) -> Sequence[tuple[DatasetEntry, str]]:
    """List the datasets of a body whose errors are reported on a page of their own, each with its address."""
    if right is not DataRight.RECTIFICATION:
        return []
    own = [entry for entry in catalogue.installed().entries if entry.agency.id == agency.id]
    return [(entry, href) for entry in own if (href := links.correct(entry))]
