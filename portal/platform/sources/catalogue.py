"""Read every `agency.toml`, refuse what is wrong in it, and find the parse functions.

A manifest is data: who a body is and all it does in the portal. An unknown key, a wrong type or a missing
function refuses to start, naming file, line and cure.
"""

import importlib
import importlib.util
import re
import sys
import tomllib
from collections.abc import Callable, Iterable
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType
from typing import Annotated, Literal, NoReturn

import msgspec
from django.conf import settings
from lxml import etree

from portal.platform.kit.errors import PortalError

from .reading.facts import Fact

Parse = Callable[[etree._Element], Iterable[Fact]]
Meaning = Literal["nothing", "busy", "unavailable", "refused", "note", "ignore"]
Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$")]


class ManifestError(PortalError):
    """A manifest cannot be used."""

    code = "manifest"


class Exceptional(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one of the body's own error codes means (codes of origin MAGDA belong to the transport)."""

    origin: str
    code: str
    meaning: Meaning


class Items(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a dataset that holds several of the same is counted and named on its tile.

    `path` is the repeating element (`Bewijzen/Bewijs`); `title` and `detail` are fact keys of an item.
    """

    path: str
    one: str
    many: str
    title: tuple[str, ...]
    detail: tuple[str, ...] = ()


class Magda(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where and how a MAGDA service is asked.

    `question` is a file in `requests/`: the `Inhoud` of the question, with `${insz}`. `subject` is the path
    below the answer's `Inhoud` where the asked person's own number must stand, when the service gives it; where
    the path leads to several numbers (a household), one of them must be theirs.
    """

    domain: str
    service: str
    version: str
    namespace: str
    question: str
    subject: str = ""


class Dataset(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """One kind of data of one body: one tile.

    `highlights` are the fact keys a tile leads with; `groups` names elements of the answer whose facts stand
    together under a heading of their own (`Kind = "Kind"`).
    """

    id: Slug
    title: str
    theme: Slug
    source: str
    transport: Literal["magda"]
    magda: Magda
    parse: str
    legal_basis: str
    about: str
    when_nothing: str
    highlights: tuple[str, ...] = ()
    items: Items | None = None
    groups: dict[str, str] = {}
    deadline_s: Annotated[float, msgspec.Meta(gt=0, le=5)] = 2.0
    assurance: Literal["low", "substantial", "high"] = "substantial"
    retention: Literal["session"] = "session"
    provides: Literal["", "birth_date"] = ""
    explanation: str = ""


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `agency.toml`, as written."""

    name: str
    website: str
    datasets: tuple[Dataset, ...] = ()
    exceptions: tuple[Exceptional, ...] = ()


class Agency(msgspec.Struct, frozen=True, dict=True):
    """A body the portal knows: its folder's name, its manifest and its place on disk."""

    id: str
    manifest: Manifest
    folder: Path

    @cached_property
    def meanings(self) -> dict[tuple[str, str], Meaning]:
        """The body's own codes: (origin in casefold, code) -> meaning. Bodies write their name in several ways."""
        return {(e.origin.casefold(), e.code): e.meaning for e in self.manifest.exceptions}


class Entry(msgspec.Struct, frozen=True, dict=True):
    """A dataset together with its body and its parse function: all a question needs."""

    agency: Agency
    dataset: Dataset
    parse: Parse

    @cached_property
    def name(self) -> str:
        """AGENCY.DATASET, the dataset's name everywhere."""
        return f"{self.agency.id}.{self.dataset.id}"

    @cached_property
    def slug(self) -> str:
        """AGENCY-DATASET, the same for use in an element's id."""
        return f"{self.agency.id}-{self.dataset.id}"

    @cached_property
    def question(self) -> str:
        """The text of the question template."""
        return (self.agency.folder / "requests" / self.dataset.magda.question).read_text("utf-8")


class Catalogue(msgspec.Struct, frozen=True):
    """Every body and dataset, in the order of the folders' names and of each manifest."""

    agencies: tuple[Agency, ...]
    entries: tuple[Entry, ...]

    def entry(self, name: str) -> Entry | None:
        """Find a dataset by AGENCY.DATASET."""
        return next((entry for entry in self.entries if entry.name == name), None)

    def of_theme(self, theme: str) -> tuple[Entry, ...]:
        """List the datasets of one theme."""
        return tuple(entry for entry in self.entries if entry.dataset.theme == theme)

    def provider_of(self, what: str) -> Entry | None:
        """Find the dataset whose manifest says it provides a named datum."""
        return next((entry for entry in self.entries if entry.dataset.provides == what), None)


@cache
def installed() -> Catalogue:
    """Read the bodies this portal is connected to, once per process."""
    return load(settings.AGENCIES_PATH)


def load(folders: Iterable[Path]) -> Catalogue:
    """Read all manifests below the given folders of folders.

    Raises ManifestError with file, line and cure at the first thing that is wrong.
    """
    agencies: dict[str, Agency] = {}
    entries: list[Entry] = []
    for manifest_file in _manifests(folders):
        folder = manifest_file.parent
        if folder.name in agencies:
            raise ManifestError(
                f"{manifest_file}: a body named {folder.name!r} exists already in "
                f"{agencies[folder.name].folder}; rename one of the folders."
            )
        agency = Agency(folder.name, _read(manifest_file), folder)
        agencies[agency.id] = agency
        module = _module(agency)
        seen: set[str] = set()
        for dataset in agency.manifest.datasets:
            if dataset.id in seen:
                _refuse(manifest_file, dataset.id, f"two datasets are called {dataset.id!r}", "rename one")
            seen.add(dataset.id)
            entries.append(Entry(agency, dataset, _parse_function(agency, module, dataset)))
    _only_one_provider(entries)
    return Catalogue(tuple(agencies.values()), tuple(entries))


def _manifests(folders: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for folder in folders:
        if not folder.is_dir():
            raise ManifestError(f"{folder} is not a folder; correct AGENCIES_PATH.")
        found.extend(sorted(folder.glob("*/agency.toml")))
    return found


def _read(file: Path) -> Manifest:
    text = file.read_text("utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), Manifest)
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(f"{file}: not TOML: {error}.") from error
    except msgspec.ValidationError as error:
        said = str(error)
        place = re.search(r"`(\$[^`]*)`$", said)
        unknown = re.search(r"field `([^`]+)`", said)
        keys = re.findall(r"\.([a-z_]+)", place[1]) if place else []
        word = unknown[1] if unknown else (keys or [""])[-1]
        table = re.search(r"([a-z]+)\[(\d+)\]", place[1]) if place else None
        start = _line_of_table(file, table[1], int(table[2])) if table else 0
        _refuse(file, word, said, "docs/agencies.md lists the keys a manifest may have", start)


def _line_of_table(file: Path, table: str, index: int) -> int:
    """Find where the index-th `[[table]]` of a manifest begins; 0-based."""
    lines = file.read_text("utf-8").splitlines()
    found = [at for at, line in enumerate(lines) if line.replace(" ", "").startswith(f"[[{table}]]")]
    return found[index] if index < len(found) else 0


def _refuse(file: Path, word: str, what: str, cure: str, start: int = 0) -> NoReturn:
    """Refuse a manifest at the first line from `start` on that has the word."""
    lines = file.read_text("utf-8").splitlines()
    pattern = re.compile(rf"\b{re.escape(word)}\b")
    line = next((at for at, text in enumerate(lines[start:], start + 1) if word and pattern.search(text)), start + 1)
    raise ManifestError(f"{file}, line {line}: {what}; {cure}.")


def _module(agency: Agency) -> ModuleType | None:
    """Import a body's `parse.py` from wherever its folder is; names no body."""
    file = agency.folder / "parse.py"
    if not file.exists():
        return None
    name = f"agencies.{agency.id}.parse"
    if file.is_relative_to(Path(__file__).parents[3]):
        return importlib.import_module(name)
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ManifestError(f"{file} cannot be imported.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _parse_function(agency: Agency, module: ModuleType | None, dataset: Dataset) -> Parse:
    function = getattr(module, dataset.parse, None)
    if not callable(function):
        _refuse(
            agency.folder / "agency.toml",
            dataset.parse,
            f"parse.py has no function {dataset.parse!r}",
            f"write `def {dataset.parse}(content)` in {agency.folder / 'parse.py'}",
        )
    return function  # type: ignore[no-any-return]


def _only_one_provider(entries: list[Entry]) -> None:
    providers: dict[str, str] = {}
    for entry in entries:
        datum = entry.dataset.provides
        if datum and datum in providers:
            raise ManifestError(f"{providers[datum]} and {entry.name} both provide {datum!r}; keep one.")
        providers[datum] = entry.name
