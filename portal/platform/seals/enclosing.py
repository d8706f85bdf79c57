"""Whether a seal encloses what it says: everything but the seal itself, from the first byte on.

A seal's `/ByteRange` names two stretches of the file; what lies between them is not sealed, and must be the seal's
own `/Contents` and nothing else: most published forgeries hide something there, or between other stretches.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from asn1crypto import parser

from .errors import Altered
from .types import VerdictReason

# Every way to write the name of the entry: PDF allows any letter as # and two digits.
_NAME = b"".join(b"(?:%c|#%02x|#%02X)" % (letter, letter, letter) for letter in b"ByteRange")
RANGE = re.compile(b"/" + _NAME + rb"(?![A-Za-z0-9_.#-])")
_HEX = re.compile(rb"[0-9A-Fa-f]*\Z")
_BEFORE = re.compile(rb"/Contents[ \t\r\n\f\x00]*\Z")
_LONGEST_HEAD = 1 << 16  # bytes of a seal's dictionary before its contents


class Enclosed(NamedTuple):
    """Where a seal stands: its contents from `at` to `after`, and the end of what it seals."""

    at: int
    after: int
    end: int


def enclosure(pdf: bytes, ranges: Sequence[object], contents: bytes, begins: int) -> Enclosed:
    """Find what a seal encloses; raise Altered. begins: where the object of the seal's dictionary begins."""
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
    _only_padded(contents)
    return Enclosed(length, after, after + rest)


def _only_padded(contents: bytes) -> None:
    """See that nothing but zeros follows the seal in its contents."""
    try:
        used = parser.peek(contents)
    except ValueError as error:
        raise Altered(VerdictReason.SEAL_UNREADABLE, str(error)) from None
    if contents[used:].strip(b"\x00"):
        raise Altered(VerdictReason.SEAL_UNREADABLE, "something follows the seal in its contents")


def marks(pdf: bytes) -> int:
    """Count the places where the bytes name a range of a seal, whether or not the document leads there."""
    return sum(1 for _ in RANGE.finditer(pdf))
