"""Decode the JSON of a body, also where its texts hold halves of surrogate pairs, as programs write that cut texts by
their 16-bit units; and what decoding can raise.
"""

import re
from collections.abc import Callable

import msgspec

# The exceptions that a decoder of msgspec raises, whatever the bytes.
FAILURES = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

# Each escape as a whole, so that a backslash which is itself escaped begins none.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


def decode_with[T](decode: Callable[[bytes], T], data: bytes) -> T:
    """Decode by a decoder of msgspec, with U+FFFD for each half of a surrogate pair; raises FAILURES."""
    try:
        return decode(data)
    except FAILURES:
        mended = _ESCAPE.sub(lambda found: rb"\ufffd" if found["half"] else found[0], data)
        if mended == data:
            raise
        return decode(mended)


def failure(data: bytes) -> str:
    """Name what bytes are that do not decode: a web page ("HTML"), or "no JSON"."""
    return "HTML" if data[:1] == b"<" else "no JSON"
