"""Find the answer file for a question in folders laid out as `<Domein>/<Naam>/<Versie>/KEY.xml`.

The order is that of MAGDA's public mock: the exact key, then `notfound`, then `success`; for each of these names the
deepest folder first, then its parents up to `<Domein>`. A name is looked for below all roots before the next name is,
so `notfound` below one root never hides a person's answer below another.
"""

import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PHOTOS = "GeefPasfoto"


class BadKey(Exception):
    """A part of a key is no plain file name: it would lead out of its folder."""


@dataclass(frozen=True)
class AnswerFile:
    """Point at an answer file; `changed` is its modification time in nanoseconds."""

    path: str
    changed: int


@dataclass
class Library:
    """Hold the folders, and what listing them gave.

    `samples` are the bodies' own and go before `simulators`; `domains` by (name, version) of a service; `people` are
    the national numbers about whom there is any answer.
    """

    samples: tuple[Path, ...]
    simulators: tuple[Path, ...]
    domains: dict[tuple[str, str], str] = field(default_factory=dict)
    people: frozenset[str] = frozenset()

    @property
    def roots(self) -> tuple[Path, ...]:
        """Give all folders in the order in which answers are looked for."""
        return self.samples + self.simulators


def open_library(samples: tuple[Path, ...], simulators: tuple[Path, ...]) -> Library:
    """List the services and people of these folders."""
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
    """Find the answer file of a service for a key, or None; `keys` are the key's parts, the last of them the file's.

    Raises BadKey when a part is no plain file name.
    """
    for part in keys:
        if part in (".", "..") or "/" in part or "\\" in part or "\0" in part:
            raise BadKey
    if keys and (file := _ascend(library, [domain, name, version, *keys[:-1]], keys[-1])):
        return file
    if keys and name == PHOTOS and (file := _photo(library, f"{domain}/{name}/{version}", keys[-1])):
        return file
    folders = [domain, name, version, *keys[:-1]]
    return _ascend(library, folders, "notfound") or _ascend(library, folders, "success")


def person_files(folders: tuple[Path, ...], number: str = "*") -> Iterator[Path]:
    """List the answers of GeefPersoon below these folders, for one number or for all, newest version first."""
    for folder in folders:
        for file in sorted(folder.glob(f"*/GeefPersoon/*/{number}.xml"), reverse=True):
            if is_number(file.stem):
                yield file


def is_number(text: str) -> bool:
    """Tell whether a text has the form of a national number: 11 digits."""
    return len(text) == 11 and text.isascii() and text.isdecimal()


def _ascend(library: Library, folders: list[str], key: str) -> AnswerFile | None:
    """Look for `key`.xml in the deepest of these nested folders below every root, then in their parents."""
    for depth in range(len(folders), 0, -1):
        below = "/".join(folders[:depth])
        for root in library.roots:
            if file := _file(f"{root}/{below}/{key}.xml"):
                return file
    return None


def _photo(library: Library, below: str, number: str) -> AnswerFile | None:
    """Choose a portrait, always the same for a person; digits 7 to 9 of a national number are odd for men."""
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
    names = (
        file.name.partition(".")[0] for root in library.roots for pattern in patterns for file in root.glob(pattern)
    )
    library.people = frozenset(name for name in names if is_number(name))
