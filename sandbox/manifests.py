"""Read from the bodies' `agency.toml` what the town must know: its sources, and who answers for which service.

The portal checks manifests; the town takes what it understands and passes over the rest.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class JsonDataset:
    """Hold a dataset that is asked as JSON: `BODY.DATASET`, its source, and the scope that its token must have."""

    name: str
    source: str
    scope: str


@dataclass(frozen=True)
class Desk:
    """Hold where a body takes in what citizens send: which body, its source, and the scope that a token must have.

    `takes` is what comes there: "reports" of errors, or "requests" about rights.
    """

    body: str
    source: str
    scope: str
    takes: str = "reports"


@dataclass(frozen=True)
class Forms:
    """Hold where a body serves the list of its own forms: its source, and the folder with that list."""

    source: str
    folder: Path


@dataclass(frozen=True)
class ListHolder:
    """Hold where a body has certificates for people: the name of its samples, its source, and whom tokens are for."""

    name: str
    source: str
    audience: str


@dataclass(frozen=True)
class Sender:
    """Hold how a body notifies: the URI that is its own, and about which services (numbers in the IPDC)."""

    body: str
    uri: str
    products: tuple[str, ...]


@dataclass(frozen=True)
class Sources:
    """Hold the names of all sources in the order found, and which of them answer what.

    `by_service` goes by MAGDA (service, version), `by_path` by the path of a JSON service, and `desks` by the path
    where reports of errors and requests about rights are taken in, `forms` by the path of a body's list of forms,
    `senders` by the source (Bron) of the dossiers of which a body notifies; `attests` are the sources that give out
    documents, `holders` the bodies with a list by its path. Several datasets may ask the same; a question does not
    tell for which of them.
    """

    names: tuple[str, ...]
    by_service: dict[tuple[str, str], tuple[str, ...]]
    by_path: dict[str, tuple[JsonDataset, ...]]
    desks: dict[str, Desk]
    forms: dict[str, Forms]
    senders: dict[str, Sender]
    attests: frozenset[str] = frozenset()
    holders: dict[str, ListHolder] = field(default_factory=dict)


def sources_of(folders: Iterable[Path]) -> Sources:
    """List the sources of all manifests below the given folders of folders."""
    names: dict[str, None] = {}
    by_service: dict[tuple[str, str], tuple[str, ...]] = {}
    by_path: dict[str, tuple[JsonDataset, ...]] = {}
    desks: dict[str, Desk] = {}
    forms: dict[str, Forms] = {}
    senders: dict[str, Sender] = {}
    attests: set[str] = set()
    holders: dict[str, ListHolder] = {}
    for file in _manifests(folders):
        written = _write(file)
        # A lookup is a second question of a dataset, to a source of its own; dossiers are no dataset.
        datasets = [part for it in _tables(written.get("datasets")) for part in (it, it.get("lookup"))]
        certificates = _table(written.get("certificates"))
        made, held = certificates.get("made"), _table(certificates.get("held"))
        if isinstance(source := held.get("source"), str) and source:
            partner = _table(held.get("partner"))
            holder = ListHolder(f"{file.parent.name}.certificates", source, str(partner.get("audience", "")))
            holders[str(partner.get("path", ""))] = holder
            attests.add(source)
            names[source] = None
        if isinstance(made, dict):
            attests.add(str(made.get("source", "")))
        for asking in (*datasets, _table(written.get("dossiers")).get("question"), made):
            if not isinstance(asking, dict) or not isinstance(source := asking.get("source"), str) or not source:
                continue
            names[source] = None
            magda, rest = asking.get("magda"), asking.get("rest")
            if isinstance(magda, dict):
                service = (str(magda.get("service", "")), str(magda.get("version", "")))
                by_service[service] = tuple(dict.fromkeys((*by_service.get(service, ()), source)))
            if isinstance(rest, dict):
                path, dataset = str(rest.get("path", "")), f"{file.parent.name}.{asking.get('id', '')}"
                found = JsonDataset(dataset, source, str(rest.get("scope", "")))
                by_path[path] = (*by_path.get(path, ()), found)
            told = asking.get("correction")
            if isinstance(told, dict) and told.get("kind") == "form":
                desk = Desk(file.parent.name, str(told.get("source", "")), str(told.get("scope", "")))
                desks[str(told.get("path", ""))] = desk
                names[desk.source] = None
        asked = _table(written.get("rights"))
        if isinstance(source := asked.get("source"), str) and source:
            desks[str(asked.get("path", ""))] = Desk(
                file.parent.name, source, str(asked.get("scope", "")), "requests"
            )
            names[source] = None
        listed = _table(_table(written.get("dossiers")).get("forms"))
        if isinstance(source := listed.get("source"), str) and source:
            forms[str(listed.get("path", ""))] = Forms(source, file.parent / "samples")
            names[source] = None
        senders |= _senders(file.parent.name, written)
    return Sources(tuple(names), by_service, by_path, desks, forms, senders, frozenset(attests), holders)


def sample_folders(folders: Iterable[Path]) -> tuple[Path, ...]:
    """List every body's `samples` folder below the given folders of folders."""
    return tuple(sorted(path for folder in folders for path in folder.glob("*/samples") if path.is_dir()))


def _senders(body: str, written: dict[str, Any]) -> dict[str, Sender]:
    """Say how a body notifies, by each source of its dossiers."""
    notified, known = _table(written.get("notifications")), _table(written.get("dossiers")).get("sources")
    uris, products = notified.get("uris"), tuple(_table(notified.get("services")))
    if not (isinstance(uris, list) and uris and products and isinstance(known, list)):
        return {}
    return {str(source): Sender(body, str(uris[0]), products) for source in known}


def _manifests(folders: Iterable[Path]) -> list[Path]:
    """List what is a file: a pipe or a folder of that name would keep the town waiting."""
    return [file for folder in folders for file in sorted(folder.glob("*/agency.toml")) if file.is_file()]


def _write(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}  # The portal refuses to start on it and says where; the town goes on with the others.


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _tables(value: Any) -> list[dict[str, Any]]:
    return [table for table in value if isinstance(table, dict)] if isinstance(value, list) else []
