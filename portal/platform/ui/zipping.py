"""A ZIP that is written while its files come in: each leaves as soon as it is there, or while it comes."""

import io
import zipfile
from collections.abc import Buffer, Iterable
from datetime import datetime
from typing import IO

from portal.platform.language.dates import BRUSSELS

READ_ME = "Lees mij.txt"  # the text in a ZIP that says what is in it
READABLE = 0o644 << 16  # the rights of a file, as ZIP writes them


def read_me(lines: Iterable[str]) -> bytes:
    """Write READ_ME so that every simple program shows it: with a mark of UTF-8, and line ends of Windows."""
    return "\r\n".join([*lines, ""]).encode("utf-8-sig")


class _Behind(io.RawIOBase):
    """The end of a file of which the beginning has left: one can go back as far as what is still here."""

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
        """Take what is here, which nobody goes back to any more."""
        written = self._here.getvalue()
        self._gone += len(written)
        self._here = io.BytesIO()
        return written


class _Streamed(_Behind):
    """The same where nothing is gone back to: what is known of a file at its end alone stands behind it."""

    def seek(self, to: int, whence: int = io.SEEK_SET) -> int:
        raise io.UnsupportedOperation("seek")

    def seekable(self) -> bool:
        return False


class _Abandonable(zipfile.ZipFile):
    """A ZIP that nobody ends when whoever waited for it left: one of Python's would complain then in the log."""

    def __del__(self) -> None:
        """Write nothing more."""


class GrowingZip:
    """The files of a ZIP, none of them packed any smaller: a PDF is so already.

    is_streamed: files come in pieces (`begin`, `write`, `finish` or `drop`), and their sizes stand behind them.
    """

    def __init__(self, at: datetime, *, is_streamed: bool = False) -> None:
        local = at.astimezone(BRUSSELS)
        self._at = (local.year, local.month, local.day, local.hour, local.minute, local.second)
        self._file = _Streamed() if is_streamed else _Behind()
        self._coming: tuple[zipfile.ZipInfo, IO[bytes]] | None = None
        self._zip = _Abandonable(self._file, "w", zipfile.ZIP_STORED)

    def add(self, name: str, content: bytes) -> bytes:
        """Add a file; give the bytes of the ZIP that are ready now."""
        self._zip.writestr(self._entry(name), content)
        return self._file.take()

    def begin(self, name: str, size: int | None) -> bytes:
        """Begin a file that comes in pieces; size: bytes that were announced, None for nobody knows how many."""
        entry = self._entry(name)
        entry.file_size = size or 0
        self._coming = entry, self._zip.open(entry, "w", force_zip64=size is None)
        return self._file.take()

    def write(self, piece: bytes) -> bytes:
        """Write a piece of the file that was begun."""
        _, coming = self._begun()
        coming.write(piece)
        return self._file.take()

    def finish(self) -> bytes:
        """End the file that was begun."""
        _, coming = self._begun()
        self._coming = None
        coming.close()
        return self._file.take()

    @property
    def is_coming(self) -> bool:
        """Whether a file was begun that has not ended."""
        return self._coming is not None

    def drop(self) -> bytes:
        """End the file that was begun and leave it out of the list: programs open what is in there, and no more."""
        entry, _ = self._begun()
        ended = self.finish()
        self._zip.filelist.remove(entry)
        del self._zip.NameToInfo[entry.filename]
        return ended

    def end(self) -> bytes:
        """Give the last bytes: the list of what is in it."""
        self._zip.close()
        return self._file.take()

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, self._at)
        entry.external_attr = READABLE
        return entry

    def _begun(self) -> tuple[zipfile.ZipInfo, IO[bytes]]:
        if self._coming is None:
            raise ValueError("no file was begun")
        return self._coming
