"""How much of a picture's file is there. A copy that lacks its last bytes can be used, half a picture cannot."""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from PIL import Image

# Marks of a JPEG. Those behind its pixels are 0xff and neither a stuffed zero, nor a restart mark, nor another 0xff.
_NEXT = re.compile(rb"\xff+([^\xff])")
_MARK = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_START_OF_SCAN, _END = 0xDA, 0xD9
_PROGRESSIVE = (0xC2, 0xCA)
_BASELINE, _APP0 = 0xC0, 0xE0
_PLAIN = (0xDB, 0xC4, _START_OF_SCAN)  # tables, and pixels
_BARE = {0x01, *range(0xD0, 0xD9)}  # marks without a length
_GREY = (128, 128, 128)

# Adam7 of PNG: where each pass begins, and its steps.
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_AT_ONCE = ((0, 0, 1, 1),)
_PIECE = 1 << 20  # bytes unpacked at a time
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


class Jpeg(NamedTuple):
    """What the marks of a JPEG's first picture say."""

    scans: int  # passes over it that have begun
    is_progressive: bool
    ends: bool

    @property
    def is_too_coarse(self) -> bool:
        """Tell whether a progressive one broke off before its second pass was over, which brings the first detail."""
        return self.is_progressive and not self.ends and self.scans < 3


def of_jpeg(given: bytes) -> Jpeg:
    """Read the marks of a JPEG's first picture, up to its end."""
    scans, is_progressive, mark = 0, False, 0
    for mark, _ in _marks(given):
        is_progressive |= mark in _PROGRESSIVE
        scans += mark == _START_OF_SCAN
    return Jpeg(scans, is_progressive, ends=mark == _END)


def is_plain_jpeg(given: bytes, side: int) -> bool:
    """Tell whether a file is a square JPEG of so many pixels and nothing else: no other part, nothing behind it.

    For what a confined program answers, which somebody may have taken over.
    """
    marks = list(_marks(given))
    sizes = [content[1:5] for mark, content in marks if mark == _BASELINE]
    return (
        given.startswith(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00")
        and [mark for mark, _ in marks if mark not in _PLAIN] == [_APP0, _BASELINE, _END]
        and sizes == [side.to_bytes(2) * 2]
        and given.find(b"\xff\xd9") == len(given) - 2
    )


def _marks(given: bytes) -> Iterator[tuple[int, bytes]]:
    """Give the marks of a JPEG's first picture, up to its end, each with what it says."""
    at = 2
    while found := _NEXT.match(given, at):
        mark, at = found[1][0], found.end()
        if mark == _END:
            yield mark, b""
            return
        if mark in _BARE:
            continue
        length = int.from_bytes(given[at : at + 2])
        yield mark, given[at + 2 : at + length]
        at += length
        if mark == _START_OF_SCAN:
            pixels = _MARK.search(given, at)
            at = pixels.start() if pixels else len(given)


def size_of_webp(given: bytes) -> tuple[int, int]:
    """Read width and height of a WebP, whichever of its three kinds it is."""
    if given[12:16] == b"VP8X":
        return 1 + int.from_bytes(given[24:27], "little"), 1 + int.from_bytes(given[27:30], "little")
    if given[12:16] == b"VP8L":
        bits = int.from_bytes(given[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(given[26:28], "little") & 0x3FFF, int.from_bytes(given[28:30], "little") & 0x3FFF


def grey_rows(read: Image.Image) -> int:
    """Count the rows at the bottom of a JPEG that its decoder filled in: grey, all of them the same."""
    rows = 0
    while rows < read.height:
        row = read.crop((0, read.height - 1 - rows, read.width, read.height - rows)).convert("RGB")
        if row.getcolors(1) != [(read.width, _GREY)]:
            break
        rows += 1
    return rows


def of_png(given: bytes) -> float:
    """Tell which share of a PNG's pixels is there."""
    width, height, depth, kind, _, _, interlaced = struct.unpack_from(">IIBBBBB", given, 16)
    whole = sum(
        _bytes(-((left - width) // right), -((top - height) // down), depth * _CHANNELS[kind])
        for left, top, right, down in (_PASSES if interlaced else _AT_ONCE)
    )
    unpacking, there = zlib.decompressobj(), 0
    for name, packed in chunks_of_png(given):
        while name == b"IDAT" and packed and there < whole:
            try:
                there += len(unpacking.decompress(packed, _PIECE))
            except zlib.error:
                return there / whole
            packed = unpacking.unconsumed_tail
    return min(there / whole, 1.0)


def chunks_of_png(given: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give the chunks of a PNG by name, the last one as far as it is there."""
    at = 8
    while at + 8 <= len(given):
        length, name = struct.unpack_from(">I4s", given, at)
        yield name, given[at + 8 : at + 8 + length]
        at += length + 12


def _bytes(columns: int, rows: int, bits: int) -> int:
    """Count the bytes of so many rows, each with one that tells how it is packed."""
    return rows * (1 + (columns * bits + 7) // 8) if columns > 0 and rows > 0 else 0
