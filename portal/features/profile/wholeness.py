"""Tell how much of a picture's file is there: a copy that lacks its last bytes can be used, half a picture cannot.

It reads headers of JPEG (ITU-T T.81), PNG and WebP itself, before a decoder gets them. `photo_program` and `colours`
call it in confinement, and catch whatever it raises; `photo` calls `is_plain_jpeg`, which raises nothing, on the
answer of that program.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from PIL import Image

SIDE = 400  # pixels of the square that `photo_program` makes, and that `photo` expects of it

# A marker of a JPEG is 0xff and a code. Among pixels, 0xff before a (stuffed) zero, a restart code or 0xff is none.
_NEXT = re.compile(rb"\xff+([^\xff])")
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_START_OF_SCAN, _END = 0xDA, 0xD9
_PROGRESSIVE = (0xC2, 0xCA)
_BASELINE, _APP0 = 0xC0, 0xE0
_PLAIN = (0xDB, 0xC4, _START_OF_SCAN)  # tables, and pixels
_BARE = {0x01, *range(0xD0, 0xD9)}  # markers without a length
_GREY = (128, 128, 128)  # what the decoder fills missing rows with

# The passes of Adam7 (PNG, interlaced): first column, first row, step between columns, step between rows.
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_AT_ONCE = ((0, 0, 1, 1),)  # the one pass of a PNG that is not interlaced
_PIECE = 1 << 20  # bytes unpacked at a time
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # of a PNG, by its colour type


class JpegMarkers(NamedTuple):
    """What the markers of a JPEG's first picture say."""

    scans: int  # scans that have begun
    is_progressive: bool
    ends: bool  # whether its end (EOI) is there

    @property
    def is_too_coarse(self) -> bool:
        """Tell whether a progressive JPEG broke off before its second scan was over, the first with details."""
        return self.is_progressive and not self.ends and self.scans < 3


def jpeg_markers(jpeg: bytes) -> JpegMarkers:
    """Read the markers of a JPEG's first picture, up to its end or where the file breaks off; raises nothing."""
    scans, is_progressive, marker = 0, False, 0
    for marker, _ in _markers(jpeg):
        is_progressive |= marker in _PROGRESSIVE
        scans += marker == _START_OF_SCAN
    return JpegMarkers(scans, is_progressive, ends=marker == _END)


def is_plain_jpeg(jpeg: bytes, side: int) -> bool:
    """Tell whether a file is a square JPEG of so many pixels and nothing else: no other part, nothing behind it.

    It looks at the answer of a confined program, which an upload may have taken over.
    """
    markers = list(_markers(jpeg))
    sizes = [content[1:5] for marker, content in markers if marker == _BASELINE]
    return (
        jpeg.startswith(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00")
        and [marker for marker, _ in markers if marker not in _PLAIN] == [_APP0, _BASELINE, _END]
        and sizes == [side.to_bytes(2) * 2]
        and jpeg.find(b"\xff\xd9") == len(jpeg) - 2
    )


def _markers(jpeg: bytes) -> Iterator[tuple[int, bytes]]:
    """Give the markers of a JPEG's first picture, up to its end, each with the content of its segment."""
    at = 2
    while match := _NEXT.match(jpeg, at):
        marker, at = match[1][0], match.end()
        if marker == _END:
            yield marker, b""
            return
        if marker in _BARE:
            continue
        length = int.from_bytes(jpeg[at : at + 2])
        yield marker, jpeg[at + 2 : at + length]
        at += length
        if marker == _START_OF_SCAN:
            next_marker = _MARKER.search(jpeg, at)
            at = next_marker.start() if next_marker else len(jpeg)


def size_of_webp(webp: bytes) -> tuple[int, int]:
    """Read width and height (pixels) of a WebP: extended (VP8X), lossless (VP8L) or lossy.

    A header that breaks off is read as if zeros followed.
    """
    if webp[12:16] == b"VP8X":
        return 1 + int.from_bytes(webp[24:27], "little"), 1 + int.from_bytes(webp[27:30], "little")
    if webp[12:16] == b"VP8L":
        bits = int.from_bytes(webp[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(webp[26:28], "little") & 0x3FFF, int.from_bytes(webp[28:30], "little") & 0x3FFF


def grey_rows(picture: Image.Image) -> int:
    """Count the rows at the bottom of a JPEG that its decoder filled in: grey, all of them the same."""
    rows = 0
    while rows < picture.height:
        row = picture.crop((0, picture.height - 1 - rows, picture.width, picture.height - rows)).convert("RGB")
        if row.getcolors(1) != [(picture.width, _GREY)]:
            break
        rows += 1
    return rows


def share_of_png(png: bytes) -> float:
    """Tell which share of a PNG's pixels is there, from 0 to 1, by the bytes that can be unpacked.

    Raise struct.error, KeyError or ZeroDivisionError for a header that breaks off or makes no sense.
    """
    width, height, depth, colour_type, _, _, is_interlaced = struct.unpack_from(">IIBBBBB", png, 16)
    whole = sum(
        _bytes(-((left - width) // across), -((top - height) // down), depth * _CHANNELS[colour_type])
        for left, top, across, down in (_PASSES if is_interlaced else _AT_ONCE)
    )
    unpacker, there = zlib.decompressobj(), 0
    for name, packed in chunks_of_png(png):
        while name == b"IDAT" and packed and there < whole:
            try:
                there += len(unpacker.decompress(packed, _PIECE))
            except zlib.error:
                return there / whole
            packed = unpacker.unconsumed_tail
    return min(there / whole, 1.0)


def chunks_of_png(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give name and content of each chunk of a PNG, in order, the last one as far as it is there."""
    at = 8
    while at + 8 <= len(png):
        length, name = struct.unpack_from(">I4s", png, at)
        yield name, png[at + 8 : at + 8 + length]
        at += length + 12


def _bytes(columns: int, rows: int, bits: int) -> int:
    """Count the bytes of so many rows, each of which begins with the number of its filter. bits: of a pixel."""
    return rows * (1 + (columns * bits + 7) // 8) if columns > 0 and rows > 0 else 0
