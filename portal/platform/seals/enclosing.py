"""Whether a seal encloses everything but itself, from the first byte of the file on.

A seal's `/ByteRange` names two stretches of the file. The gap between them is not sealed, and must be the seal's own
`/Contents` and nothing else: most published forgeries hide something in such a gap, or name more stretches.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from asn1crypto import parser

from .errors import Altered
from .types import VerdictReason

# Every way to write the key /ByteRange: PDF allows any letter as # and two hexadecimal digits.
_NAME = b"".join(b"(?:%c|#%02x|#%02X)" % (letter, letter, letter) for letter in b"ByteRange")
RANGE = re.compile(b"/" + _NAME + rb"(?![A-Za-z0-9_.#-])")
_HEX = re.compile(rb"[0-9A-Fa-f]*\Z")
_BEFORE = re.compile(rb"/Contents[ \t\r\n\f\x00]*\Z")
_LONGEST_HEAD = 1 << 16  # bytes of a seal's dictionary before its contents


class SealedRange(NamedTuple):
    """The offsets of a seal in a file: its contents from `at` to `after`, and the end of what it seals."""

    at: int
    after: int
    end: int


def enclosure(pdf: bytes, ranges: Sequence[object], contents: bytes, begins: int) -> SealedRange:
    """Check what a seal encloses, and give where; raise Altered when that is not everything but the seal.

    ranges: the items of its /ByteRange. contents: the bytes of its /Contents. begins: the offset of its dictionary.
    """
    if len(ranges) != 4 or any(type(one) is bool or not isinstance(one, int) for one in ranges):
        raise Altered(VerdictReason.RANGE, "not four whole numbers")
    first, length, after, rest = (int(one) for one in ranges if isinstance(one, int))
    if first != 0 or length <= 0 or after <= length or rest <= 0 or after + rest > len(pdf):
        raise Altered(VerdictReason.RANGE, "does not go around one gap")
    gap = pdf[length:after]
    if not (gap.startswith(b"<") and gap.endswith(b">") and _HEX.match(gap, 1, len(gap) - 1)):
        raise Altered(VerdictReason.RANGE, "the gap holds more than hexadecimal digits")
    if len(gap) % 2 or bytes.fromhex(gap[1:-1].decode()) != contents:
        raise Altered(VerdictReason.RANGE, "the gap is not this seal")
    head = pdf[begins:length]
    if not 0 < len(head) <= _LONGEST_HEAD or not _BEFORE.search(head) or b"endobj" in head or b"stream" in head:
        raise Altered(VerdictReason.RANGE, "the gap is not in this seal's dictionary")
    _check_padding(contents)
    return SealedRange(length, after, after + rest)


def _check_padding(contents: bytes) -> None:
    """Raise Altered if anything but zeros follows the signature in the seal's contents."""
    try:
        used = parser.peek(contents)
    except ValueError as error:
        raise Altered(VerdictReason.SEAL_UNREADABLE, str(error)) from None
    if contents[used:].strip(b"\x00"):
        raise Altered(VerdictReason.SEAL_UNREADABLE, "something follows the seal in its contents")


def count_ranges(pdf: bytes) -> int:
    """Count the occurrences of /ByteRange in a file, whether or not the document refers to them."""
    return sum(1 for _ in RANGE.finditer(pdf))
