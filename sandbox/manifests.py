"""Read from the bodies' `agency.toml` what the town must know: its sources, and who answers for which service.

The portal checks manifests; the town takes what it understands and passes over the rest.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Sources:
    """Hold the names of all sources in the order found, and which of them ask a MAGDA (service, version).

    Several bodies may ask the same service; a question does not tell for which of them it is.
    """

    names: tuple[str, ...]
    by_service: dict[tuple[str, str], tuple[str, ...]]


def sources_of(folders: Iterable[Path]) -> Sources:
    """List the sources of all manifests below the given folders of folders."""
    names: dict[str, None] = {}
    by_service: dict[tuple[str, str], tuple[str, ...]] = {}
    for file in _manifests(folders):
        for dataset in _datasets(file):
            source = dataset.get("source")
            if not isinstance(source, str) or not source:
                continue
            names[source] = None
            magda = dataset.get("magda")
            if isinstance(magda, dict):
                service = (str(magda.get("service", "")), str(magda.get("version", "")))
                by_service[service] = (*by_service.get(service, ()), source)
    return Sources(tuple(names), by_service)


def sample_folders(folders: Iterable[Path]) -> tuple[Path, ...]:
    """List every body's `samples` folder below the given folders of folders."""
    return tuple(sorted(path for folder in folders for path in folder.glob("*/samples") if path.is_dir()))


def _manifests(folders: Iterable[Path]) -> list[Path]:
    return [file for folder in folders for file in sorted(folder.glob("*/agency.toml"))]


def _datasets(file: Path) -> list[dict[str, Any]]:
    try:
        datasets = tomllib.loads(file.read_text("utf-8")).get("datasets", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return []  # The portal refuses to start on it and says where; the town goes on with the others.
    return [dataset for dataset in datasets if isinstance(dataset, dict)] if isinstance(datasets, list) else []
