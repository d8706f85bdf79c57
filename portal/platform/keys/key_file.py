"""Master keys in a file: the key service of an installation on one machine.

The file is JSON: an `id`, by which a file of another installation is recognised, and per name the versions of the
key. It must belong to whoever reads it (or to root) and be closed to everyone else (0600), or it is refused.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import stat
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from .boxes import Box
from .errors import CannotOpen, KeyFileBehind, KeyFileRefused, UnknownKey

KEY = 32  # bytes, AES-256


class KeyTable(msgspec.Struct, forbid_unknown_fields=True):
    """The file as it is written: name -> keys in order of version, the newest last; base64."""

    id: str
    keys: dict[str, list[bytes]]


class Rotated(NamedTuple):
    """What a rotation did. version: the newest; is_new: False where it was only put into a file that lacked it."""

    version: int
    is_new: bool


class KeyFile:
    """A `KeyService` out of one file. Never printed: `repr` shows the names only."""

    def __init__(self, installation: str, keys: dict[str, list[bytes]]) -> None:
        self.id = installation
        self.names = frozenset(keys)
        self._boxes = {name: [Box(key) for key in versions] for name, versions in keys.items()}
        self._first = {name: versions[0] for name, versions in keys.items()}

    def __repr__(self) -> str:
        return f"KeyFile({self.id}, {sorted(self.names)})"

    @classmethod
    def read(cls, path: Path) -> "KeyFile":
        """Read a file; KeyFileRefused, with a cure, when it is missing, open to others or damaged."""
        table = _read(path)
        return cls(table.id, table.keys)

    async def wrap(self, name: str, key: bytes, context: bytes) -> str:
        """Encrypt a key, bound to its context: `v<version>:<base64>`."""
        versions = self._versions(name)
        sealed = versions[-1].seal(key, _binding(name, len(versions), context))
        return f"v{len(versions)}:{base64.b64encode(sealed).decode()}"

    async def unwrap(self, name: str, wrapped: str, context: bytes) -> bytes:
        """Decrypt a wrapped key; CannotOpen when it was changed or belongs to another context.

        KeyFileBehind when its version is newer than this file.
        """
        versions = self._versions(name)
        try:
            version = _version(wrapped)
            if version > len(versions):
                raise KeyFileBehind(f"{name!r} has a newer version: restart this process.")
            sealed = base64.b64decode(wrapped.partition(":")[2], validate=True)
            return versions[version - 1].open(sealed, _binding(name, version, context))
        except (CannotOpen, ValueError, IndexError):
            raise CannotOpen(f"A key under {name!r}.") from None

    async def rewrap(self, name: str, wrapped: str, context: bytes) -> str:
        """Wrap again under the newest version; the same text when it has that version already."""
        if wrapped.startswith(f"v{len(self._versions(name))}:"):
            return wrapped
        return await self.wrap(name, await self.unwrap(name, wrapped, context), context)

    async def mac(self, name: str, message: bytes) -> bytes:
        """Authenticate a message: 32 bytes (HMAC-SHA-256), always under the first version."""
        self._versions(name)
        return hmac.digest(self._first[name], message, hashlib.sha256)

    def _versions(self, name: str) -> list[Box]:
        try:
            return self._boxes[name]
        except KeyError:
            raise UnknownKey(f"It is {name!r}.") from None


def create(path: Path, names: Iterable[str], *, installation: str, like: Path | None = None) -> None:
    """Write a new file with these keys, 0600 from its first byte.

    like: a file from which the keys that it has are copied; the others are random. FileExistsError when there is a
    file: nothing is ever written over a key.
    """
    known = _read(like).keys if like else {}
    keys = {name: known.get(name) or [secrets.token_bytes(KEY)] for name in names}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    _write(descriptor, KeyTable(installation, keys))


def rotate(paths: Iterable[Path], name: str) -> Rotated:
    """Add a version of a key to each file that holds it, the same to all.

    A file that only lacks the newest versions of another gets those, and no version is added: a rotation that died
    between the files is completed. Raise UnknownKey when no file holds it, KeyFileRefused when the files differ in
    it otherwise.
    """
    tables = {path: _read(path) for path in paths}
    holding = {path: each for path, each in tables.items() if name in each.keys}
    if not holding:
        raise UnknownKey(f"It is {name!r}.")
    longest = max((each.keys[name] for each in holding.values()), key=len)
    if any(each.keys[name] != longest[: len(each.keys[name])] for each in holding.values()):
        raise KeyFileRefused(f"The files do not agree on {name!r}: restore them from one back-up.")
    is_complete = all(each.keys[name] == longest for each in holding.values())
    versions = [*longest, secrets.token_bytes(KEY)] if is_complete else longest
    for path, each in holding.items():
        if each.keys[name] != versions:
            each.keys[name] = versions
            _replace(path, each)
    return Rotated(len(versions), is_complete)


def put(path: Path, name: str, like: Path | None = None) -> None:
    """Put a key into a file that lacks it: a new one, or all versions that the file `like` has."""
    table = _read(path)
    if name not in table.keys:
        table.keys[name] = _read(like).keys[name] if like else [secrets.token_bytes(KEY)]
        _replace(path, table)


def _replace(path: Path, table: KeyTable) -> None:
    """Write a second file and rename it over the first, so that it is never incomplete."""
    half = path.with_name(f"{path.name}.new")
    half.unlink(missing_ok=True)
    _write(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), table)
    half.replace(path)


def _write(descriptor: int, table: KeyTable) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(table)) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path) -> KeyTable:
    if not path.is_file():
        raise KeyFileRefused(
            f"{path.name} is not there: put it back from its back-up, or make one with `keys create`."
        )
    about = path.stat()
    if stat.S_IMODE(about.st_mode) & 0o077:
        raise KeyFileRefused(f"{path.name} can be read by others: chmod 600 it, and rotate its keys.")
    if about.st_uid not in (os.geteuid(), 0):
        raise KeyFileRefused(f"{path.name} belongs to another user.")
    try:
        table = msgspec.json.decode(path.read_bytes(), type=KeyTable)
    except (msgspec.DecodeError, OSError):
        raise KeyFileRefused(f"{path.name} is damaged: put it back from its back-up.") from None
    lengths: set[Any] = {len(key) for versions in table.keys.values() for key in versions}
    if lengths != {KEY} or not all(table.keys.values()):
        raise KeyFileRefused(f"{path.name} is damaged: put it back from its back-up.")
    return table


def _version(wrapped: str) -> int:
    version = int(wrapped.partition(":")[0].removeprefix("v"))
    if version < 1:
        raise ValueError(version)
    return version


def _binding(name: str, version: int, context: bytes) -> bytes:
    """Write what a wrapped key is bound to: the master key, its version, and the caller's context."""
    return _name(name, version) + context


@cache
def _name(name: str, version: int) -> bytes:
    return json.dumps([name, version]).encode() + b"\0"
