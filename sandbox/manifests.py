"""Read from the bodies' `agency.toml` what the town must know: its sources, and which of them serves what.

The portal checks manifests; the town takes what it understands and ignores the rest.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class JsonDataset:
    """Hold a dataset that is served as JSON: its source, and the scope that an access token must have.

    `name` is `BODY.DATASET`.
    """

    name: str
    source: str
    scope: str


@dataclass(frozen=True)
class Desk:
    """Hold where a body receives what citizens send, and the scope that an access token must have.

    `takes` is what it receives: "reports" of errors, or "requests" about rights.
    """

    body: str
    source: str
    scope: str
    takes: str = "reports"


@dataclass(frozen=True)
class Forms:
    """Hold the source with which a body serves the list of its own forms, and the folder of samples that holds it."""

    source: str
    folder: Path


@dataclass(frozen=True)
class ListHolder:
    """Hold the source with which a body lists people's certificates.

    `name` is that of the folder of its samples, `audience` the `aud` of the tokens that it takes.
    """

    name: str
    source: str
    audience: str


@dataclass(frozen=True)
class Sender:
    """Hold how a body notifies: its AanbiederUri, and about which public services (numbers in the IPDC)."""

    body: str
    uri: str
    products: tuple[str, ...]


@dataclass(frozen=True)
class Sources:
    """Hold the names of all sources in the order of the manifests, and which of them serves what.

    - `by_service`: names of sources, by (service, version) of MAGDA
    - `by_path`: datasets, by the path of their JSON service
    - `desks`: by the path where reports of errors or requests about rights come in
    - `forms`: by the path of a body's list of forms
    - `senders`: by the source (Bron) of the dossiers of which a body notifies
    - `attests`: the names of the sources that give documents
    - `holders`: by the path of a body's list of certificates

    A path is that of the address, and begins with "/". Several datasets may share a service or path: a question does
    not tell for which of them it is.
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
    """Gather the sources of all manifests, `*/agency.toml` below the given folders, except those not readable."""
    names: dict[str, None] = {}
    by_service: dict[tuple[str, str], tuple[str, ...]] = {}
    by_path: dict[str, tuple[JsonDataset, ...]] = {}
    desks: dict[str, Desk] = {}
    forms: dict[str, Forms] = {}
    senders: dict[str, Sender] = {}
    attests: set[str] = set()
    holders: dict[str, ListHolder] = {}
    for file in _manifest_files(folders):
        manifest = _read(file)
        # A lookup is a second question of a dataset, to a source of its own.
        datasets = [part for it in _tables(manifest.get("datasets")) for part in (it, it.get("lookup"))]
        certificates = _table(manifest.get("certificates"))
        made, held = certificates.get("made"), _table(certificates.get("held"))
        if isinstance(source := held.get("source"), str) and source:
            partner = _table(held.get("partner"))
            holder = ListHolder(f"{file.parent.name}.certificates", source, str(partner.get("audience", "")))
            holders[str(partner.get("path", ""))] = holder
            attests.add(source)
            names[source] = None
        if isinstance(made, dict):
            attests.add(str(made.get("source", "")))
        # The questions for dossiers and for certificates that a body makes name their source as a dataset does.
        for question in (*datasets, _table(manifest.get("dossiers")).get("question"), made):
            if not isinstance(question, dict) or not isinstance(source := question.get("source"), str) or not source:
                continue
            names[source] = None
            magda, rest = question.get("magda"), question.get("rest")
            if isinstance(magda, dict):
                service = (str(magda.get("service", "")), str(magda.get("version", "")))
                by_service[service] = tuple(dict.fromkeys((*by_service.get(service, ()), source)))
            if isinstance(rest, dict):
                path, dataset = str(rest.get("path", "")), f"{file.parent.name}.{question.get('id', '')}"
                by_path[path] = (*by_path.get(path, ()), JsonDataset(dataset, source, str(rest.get("scope", ""))))
            correction = question.get("correction")
            if isinstance(correction, dict) and correction.get("kind") == "form":
                desk = Desk(file.parent.name, str(correction.get("source", "")), str(correction.get("scope", "")))
                desks[str(correction.get("path", ""))] = desk
                names[desk.source] = None
        rights = _table(manifest.get("rights"))
        if isinstance(source := rights.get("source"), str) and source:
            desks[str(rights.get("path", ""))] = Desk(
                file.parent.name, source, str(rights.get("scope", "")), "requests"
            )
            names[source] = None
        form_list = _table(_table(manifest.get("dossiers")).get("forms"))
        if isinstance(source := form_list.get("source"), str) and source:
            forms[str(form_list.get("path", ""))] = Forms(source, file.parent / "samples")
            names[source] = None
        senders |= _senders(file.parent.name, manifest)
    return Sources(tuple(names), by_service, by_path, desks, forms, senders, frozenset(attests), holders)


def sample_folders(folders: Iterable[Path]) -> tuple[Path, ...]:
    """List every body's folder of samples, `*/samples` below the given folders."""
    return tuple(sorted(path for folder in folders for path in folder.glob("*/samples") if path.is_dir()))


def _senders(body: str, manifest: dict[str, Any]) -> dict[str, Sender]:
    """Give how a body notifies, by each source (Bron) of its dossiers; empty when it does not."""
    section, sources = _table(manifest.get("notifications")), _table(manifest.get("dossiers")).get("sources")
    uris, products = section.get("uris"), tuple(_table(section.get("services")))
    if not (isinstance(uris, list) and uris and products and isinstance(sources, list)):
        return {}
    return {str(source): Sender(body, str(uris[0]), products) for source in sources}


def _manifest_files(folders: Iterable[Path]) -> list[Path]:
    """List the manifests; something else of that name is left out, as reading a pipe would block the town."""
    return [file for folder in folders for file in sorted(folder.glob("*/agency.toml")) if file.is_file()]


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return {}  # The portal refuses to start on it and says where; the town goes on with the others.


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _tables(value: Any) -> list[dict[str, Any]]:
    return [table for table in value if isinstance(table, dict)] if isinstance(value, list) else []
