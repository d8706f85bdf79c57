"""A ZIP that is written while its files come in: its bytes can be sent at once, also those of a file still coming."""

import io
import zipfile
from collections.abc import Buffer, Iterable
from datetime import datetime
from typing import IO

from portal.platform.language.dates import BRUSSELS

READ_ME = "Lees mij.txt"  # the file in a ZIP that explains its content
READABLE = 0o644 << 16  # the permissions of a file, where ZIP has them


def read_me(lines: Iterable[str]) -> bytes:
    """Encode the lines of READ_ME so that every simple program shows them: byte order mark, line ends of Windows."""
    return "\r\n".join([*lines, ""]).encode("utf-8-sig")


class _Behind(io.RawIOBase):
    """A file in memory whose beginning was already taken; one can seek back only to bytes that were not."""

    def __init__(self) -> None:
        self._gone = 0
        self._here = io.BytesIO()

    def tell(self) -> int:
        return self._gone + self._here.tell()

    def seek(self, to: int, whence: int = io.SEEK_SET) -> int:
        return self._gone + self._here.seek(to - self._gone, whence)

    def seekable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer) -> int:
        return self._here.write(data)

    def take(self) -> bytes:
        """Take all bytes that are here; from now on nobody can seek back to them."""
        written = self._here.getvalue()
        self._gone += len(written)
        self._here = io.BytesIO()
        return written


class _Streamed(_Behind):
    """The same without seeking: `zipfile` then writes the size and checksum of an entry after its content."""

    def seek(self, to: int, whence: int = io.SEEK_SET) -> int:
        raise io.UnsupportedOperation("seek")

    def seekable(self) -> bool:
        return False


class _Abandonable(zipfile.ZipFile):
    """A ZIP that may be dropped unfinished, when its reader left; Python's own would then log an error."""

    def __del__(self) -> None:
        """Write nothing more."""


class GrowingZip:
    """A ZIP that grows file by file; every method gives the bytes of it that are ready to be sent.

    at: the moment that its files get. is_streamed: files may come in pieces (`begin`, `write`, `finish` or `drop`),
    and their sizes stand after them. Files are not compressed: a PDF is so already.
    """

    def __init__(self, at: datetime, *, is_streamed: bool = False) -> None:
        local = at.astimezone(BRUSSELS)
        self._at = (local.year, local.month, local.day, local.hour, local.minute, local.second)
        self._file = _Streamed() if is_streamed else _Behind()
        self._coming: tuple[zipfile.ZipInfo, IO[bytes]] | None = None
        self._zip = _Abandonable(self._file, "w", zipfile.ZIP_STORED)

    def add(self, name: str, content: bytes) -> bytes:
        """Add a whole file."""
        self._zip.writestr(self._entry(name), content)
        return self._file.take()

    def begin(self, name: str, size: int | None) -> bytes:
        """Begin a file that comes in pieces; size: its bytes as announced, None where they were not."""
        entry = self._entry(name)
        entry.file_size = size or 0
        self._coming = entry, self._zip.open(entry, "w", force_zip64=size is None)
        return self._file.take()

    def write(self, piece: bytes) -> bytes:
        """Write a piece of the file that was begun."""
        _, coming = self._open_file()
        coming.write(piece)
        return self._file.take()

    def finish(self) -> bytes:
        """End the file that was begun."""
        _, coming = self._open_file()
        self._coming = None
        coming.close()
        return self._file.take()

    @property
    def is_coming(self) -> bool:
        """Tell whether a file was begun and has not ended."""
        return self._coming is not None

    def drop(self) -> bytes:
        """End the file that was begun and leave it out of the ZIP's directory, so that no program shows it."""
        entry, _ = self._open_file()
        end_of_file = self.finish()
        self._zip.filelist.remove(entry)
        del self._zip.NameToInfo[entry.filename]
        return end_of_file

    def end(self) -> bytes:
        """Give the last bytes, its directory."""
        self._zip.close()
        return self._file.take()

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, self._at)
        entry.external_attr = READABLE
        return entry

    def _open_file(self) -> tuple[zipfile.ZipInfo, IO[bytes]]:
        if self._coming is None:
            raise ValueError("no file was begun")
        return self._coming
