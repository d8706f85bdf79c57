"""Datasets and facts made for a test, of a body that is nobody."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from portal.features.themes.section import SECTION, TileKeys
from portal.platform.sources.catalogue import Agency, DatasetEntry
from portal.platform.sources.manifest import Dataset, Magda, Manifest
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.sections import registered

NOW = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)


def fact(key: str, value: str, path: str = "", kind: Any = "text") -> Fact:
    """Make a fact, labelled by its key; it stands where its key says, or at a path."""
    return Fact(key, key.replace("_", " ").title(), value, kind, path or key)


def shape_of(depth: str, **changes: object) -> dict[str, object]:
    """Give what a page of that depth says to the template of each tile, with these changes."""
    level = "h3" if depth == "lead" else "h2"
    shape = {"depth": depth, "level": level, "theme": "gezin", "about": "", "now": NOW, "asked_again": frozenset()}
    return {**shape, "may_ask_again": False, "page": "/x/", "kept": "", **changes}


def entry(name: str = "gezin", *, names: dict[str, str] | None = None, **changes: Any) -> DatasetEntry:
    """Make a dataset of that name, as its manifest would have it with these changes."""
    values = {
        "id": name,
        "title": name.title(),
        "source": "town",
        "transport": "magda",
        "magda": Magda("D", "S", "01.00.0000", "urn:x", "q.xml"),
        "parse": "parse",
        "legal_basis": "-",
    }
    agency = Agency("body", Manifest("Body", "https://body.example", names=names or {}), Path())
    keys = {"theme": "gezin", "about": "-", "when_nothing": "-"}
    keys |= {key: value for key, value in changes.items() if key in SECTION.names}
    values |= {key: value for key, value in changes.items() if key not in SECTION.names}
    # Of other features it says nothing.
    others = {one: one.keys() for one in registered().used if one.level == "dataset" and one is not SECTION}
    return DatasetEntry(agency, Dataset(**values), lambda _: (), sections={SECTION: TileKeys(**keys), **others})
