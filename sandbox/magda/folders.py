"""Find the answer file for a question in folders laid out as `<Domein>/<Naam>/<Versie>/KEY.xml`.

The order is the public mock's: the exact key, then `notfound`, then `success`; for each of them the deepest
folder first, dropping the last one at a time down to `<Domein>`. Every folder is tried before the key is let go,
so an absent person in one folder never hides the answer in the next.
"""

import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PHOTOS = "GeefPasfoto"


class BadKey(Exception):
    """A key would leave its folder."""


@dataclass(frozen=True)
class AnswerFile:
    """Point at an answer file; `changed` is its modification time in nanoseconds."""

    path: str
    changed: int


@dataclass
class Library:
    """Hold the folders, the bodies' own samples first, and what listing them taught us."""

    samples: tuple[Path, ...]
    simulators: tuple[Path, ...]
    domains: dict[tuple[str, str], str] = field(default_factory=dict)
    people: frozenset[str] = frozenset()

    @property
    def roots(self) -> tuple[Path, ...]:
        """Give all folders in the order of asking."""
        return self.samples + self.simulators


def open_library(samples: tuple[Path, ...], simulators: tuple[Path, ...]) -> Library:
    """List the folders once."""
    library = Library(samples, simulators)
    _list_services(library)
    _list_people(library)
    return library


def domain_of(library: Library, name: str, version: str) -> str | None:
    """Give the domain of a service, or None when no folder has it; a folder added later is found too."""
    if (name, version) not in library.domains:
        _list_services(library)
    return library.domains.get((name, version))


def knows(library: Library, number: str) -> bool:
    """Tell whether any service has an answer for this national number."""
    if number not in library.people:
        _list_people(library)
    return number in library.people


def find(library: Library, domain: str, name: str, version: str, keys: tuple[str, ...]) -> AnswerFile | None:
    """Find the answer of a service for a key of one or more parts, or None.

    Raises BadKey when a part of the key is no plain file name.
    """
    for part in keys:
        if part in (".", "..") or "/" in part or "\\" in part or "\0" in part:
            raise BadKey
    if keys and (found := _descend(library, [domain, name, version, *keys[:-1]], keys[-1])):
        return found
    if keys and name == PHOTOS and (found := _photo(library, f"{domain}/{name}/{version}", keys[-1])):
        return found
    folders = [domain, name, version, *keys[:-1]]
    return _descend(library, folders, "notfound") or _descend(library, folders, "success")


def person_files(folders: tuple[Path, ...], number: str = "*") -> Iterator[Path]:
    """List the answers of GeefPersoon below these folders, for one number or for all, newest version first."""
    for folder in folders:
        for file in sorted(folder.glob(f"*/GeefPersoon/*/{number}.xml"), reverse=True):
            if is_number(file.stem):
                yield file


def is_number(text: str) -> bool:
    """Tell whether a text has the form of a national number: 11 digits."""
    return len(text) == 11 and text.isascii() and text.isdecimal()


def _descend(library: Library, folders: list[str], key: str) -> AnswerFile | None:
    for depth in range(len(folders), 0, -1):
        below = "/".join(folders[:depth])
        for root in library.roots:
            if found := _file(f"{root}/{below}/{key}.xml"):
                return found
    return None


def _photo(library: Library, below: str, number: str) -> AnswerFile | None:
    """Choose a portrait that stays the same for a person: digits 7 to 9 are odd for men."""
    if not is_number(number):
        return None
    pool = "mannen" if int(number[6:9]) % 2 else "vrouwen"
    for root in library.roots:
        if files := sorted((root / below / pool).glob("*.xml")):
            return _file(str(files[zlib.crc32(number.encode()) % len(files)]))
    return None


def _file(path: str) -> AnswerFile | None:
    try:
        return AnswerFile(path, os.stat(path).st_mtime_ns)
    except OSError:  # Also a name that is too long: there is no such file.
        return None


def _list_services(library: Library) -> None:
    library.domains = {
        (version.parent.name, version.name): version.parent.parent.name
        for root in reversed(library.roots)  # The first folder wins.
        for version in sorted(root.glob("*/*/*"))
        if version.is_dir()
    }


def _list_people(library: Library) -> None:
    patterns = ("*/*/**/*.xml", "rest/*/*")
    found = (file.name.partition(".")[0] for root in library.roots for one in patterns for file in root.glob(one))
    library.people = frozenset(number for number in found if is_number(number))
