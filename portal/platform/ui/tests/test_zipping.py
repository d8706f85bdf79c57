"""A ZIP whose files come in pieces: valid at any time, and without a file that was dropped."""

import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portal.platform.ui import file_names, zipping

AT = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
SIZES = [None, 600]  # announced, or not


@pytest.mark.parametrize("size", SIZES)
def test_files_in_pieces_are_read_by_every_program_and_one_that_was_dropped_by_none(tmp_path: Path, size):
    growing = zipping.GrowingZip(AT, is_streamed=True)
    pieces = [growing.begin("map/één.pdf", size), *(growing.write(b"x" * 200) for _ in range(3)), growing.finish()]
    pieces += [growing.begin("fout.pdf", size), growing.write(b"y" * 300), growing.drop()]
    pieces += [
        growing.begin("fout.pdf", size),
        growing.write(b"z"),
        growing.finish(),
        growing.add("Lees mij.txt", b""),
    ]
    saved = tmp_path / "a.zip"
    saved.write_bytes(b"".join([*pieces, growing.end()]))

    # What was written has left.
    assert [len(piece) for piece in pieces[1:4]] == [200] * 3
    with zipfile.ZipFile(saved) as opened:
        assert {one: opened.read(one) for one in opened.namelist()} == {
            "map/één.pdf": b"x" * 600,
            "fout.pdf": b"z",
            "Lees mij.txt": b"",
        }
    assert subprocess.run(["unzip", "-tqq", str(saved)], check=False, timeout=60).returncode == 0


def test_file_beyond_four_gigabytes_is_announced_as_such():
    growing = zipping.GrowingZip(AT, is_streamed=True)
    begun = growing.begin("groot.bin", 5 * 1024**3)
    # What a program needs to read it (PKWARE APPNOTE, 4.4.3.2): 4.5, for ZIP64.
    assert begun[4] == 45
    small = zipping.GrowingZip(AT, is_streamed=True).begin("klein.bin", 5)
    assert small[4] == 20


def test_piece_of_no_file_is_refused():
    with pytest.raises(ValueError, match="no file was begun"):
        zipping.GrowingZip(AT, is_streamed=True).write(b"")


def test_names_are_told_apart_whatever_their_ending():
    assert file_names.another("Map", "", {"map", "map (2)"}) == "Map (3)"
    assert file_names.another("A.bin", ".bin", {"a.bin"}) == "A (2).bin"
