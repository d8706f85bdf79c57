"""The newest head of the chain that this machine's workers have seen, in a file outside the databases.

Whoever owns both databases can cut off the end of the chain, and its anchors with it; the file still shows that there
was more. It is JSON, mode 0600; the workers of a machine share it. It holds no secret, but whoever can write it can
hide a cut.
"""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import msgspec

from .errors import HeadFileRefused
from .findings import Head


class HeadRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of the file: the head of the chain, and the installation whose chain it is.

    hash: 64 hexadecimal digits.
    """

    installation: UUID
    number: int
    hash: str

    @property
    def head(self) -> Head:
        """Give number and hash as a head; raises ValueError when they make none."""
        return Head.read(f"{self.number}:{self.hash}")


class HeadFile:
    """The file that keeps the newest head; it may not exist yet."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> HeadRecord | None:
        """Read the file; None when it does not exist.

        Raises HeadFileRefused when it cannot be read, is no regular file, is damaged, or others can write or read it.
        """
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise HeadFileRefused(f"{self.path.name} cannot be read ({error.strerror}).") from None
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            os.close(descriptor)
            raise HeadFileRefused(f"{self.path} is no file.")
        with os.fdopen(descriptor, "rb") as file:
            if stat.S_IMODE(about.st_mode) & 0o077 or about.st_uid not in (os.geteuid(), 0):
                raise HeadFileRefused(
                    f"{self.path.name} is open to others: find out who wrote it, then chmod 600 it."
                )
            try:
                kept = msgspec.json.decode(file.read(4096), type=HeadRecord)
                _ = kept.head  # A hash that is no hash raises ValueError here.
            except (msgspec.DecodeError, ValueError):
                raise HeadFileRefused(f"{self.path.name} is damaged: put it back from its back-up.") from None
        return kept

    def keep(self, installation: UUID, head: Head) -> None:
        """Keep a head, unless another worker of this machine has kept a later one. Raises HeadFileRefused.

        The caller has compared the installation with that of the file (`standing.compare`).
        """
        with self._locked():
            kept = self.read()
            if kept is None or kept.number < head.number:
                self._write(installation, head)

    def replace(self, installation: UUID, head: Head) -> None:
        """Keep a head whatever the file says: somebody has explained the difference. Raises HeadFileRefused."""
        with self._locked():
            self._write(installation, head)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(
                self.path.with_name(f"{self.path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
            )
            try:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
            finally:
                os.close(lock)
        except OSError as error:
            raise HeadFileRefused(f"{self.path.name} cannot be written ({error.strerror}).") from None

    def _write(self, installation: UUID, head: Head) -> None:
        """Write a second file and rename it over the first, so that it is never incomplete; fsync it."""
        second = self.path.with_name(f"{self.path.name}.new")
        second.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        with os.fdopen(os.open(second, flags, 0o600), "wb") as file:
            file.write(msgspec.json.encode(HeadRecord(installation, head.number, head.hash.hex())) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        second.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
