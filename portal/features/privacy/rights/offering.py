"""To whom a request can go: the bodies of this portal; for wrong data, the pages on which it is reported instead."""

from collections.abc import Sequence

from portal.platform.kit import folding
from portal.platform.sources import catalogue
from portal.platform.sources.catalogue import Agency, DatasetEntry
from portal.platform.ui.links import links

from .types import DataRight


def bodies() -> Sequence[Agency]:
    """List the bodies of this portal in the order of their names in the current language."""
    return sorted(catalogue.installed().agencies, key=lambda agency: folding.fold(agency.words.name))


def datasets_to_correct(right: DataRight, agency: Agency) -> Sequence[tuple[DatasetEntry, str]]:
    """List the datasets of a body whose errors are reported on a page, with its address; none for any other right."""
    if right is not DataRight.RECTIFICATION:
        return []
    own = [entry for entry in catalogue.installed().entries if entry.agency.id == agency.id]
    return [(entry, href) for entry in own if (href := links.correct(entry))]
