"""What can go wrong with the JSON of a body, and how to decode it all the same where its texts hold halves of
surrogate pairs, as programs write that cut texts by their 16-bit units.
"""

import re
from collections.abc import Callable

import msgspec

# What a decoder of msgspec raises, whatever the bytes.
FAILURES = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

# Each escape as a whole, so that a backslash which is itself escaped begins none.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


def decode_with[T](decode: Callable[[bytes], T], data: bytes) -> T:
    """Decode by a decoder of msgspec, with U+FFFD for each half; raise what it raises (FAILURES)."""
    try:
        return decode(data)
    except FAILURES:
        mended = _ESCAPE.sub(lambda found: rb"\ufffd" if found["half"] else found[0], data)
        if mended == data:
            raise
        return decode(mended)


def failure(data: bytes) -> str:
    """Say in words of ours what that is which does not decode: a page for people, or no JSON."""
    return "HTML" if data[:1] == b"<" else "no JSON"
