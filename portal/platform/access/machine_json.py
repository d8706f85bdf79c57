"""JSON that machines send: no name stands twice in one object.

RFC 8259 (4) leaves open which of the two counts. Whoever checked the message before us may have read the other one.
"""

import json
from typing import Any

import msgspec


class NameTwice(ValueError):
    """A name stands twice in one object."""


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise NameTwice


# Nothing is made of its values, so none can be too large.
_names = json.JSONDecoder(object_pairs_hook=_once, parse_int=str, parse_float=str)


def decode[T](content: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """Read a message with a decoder.

    Raise what the decoder raises, NameTwice, or another ValueError or RecursionError for what is no JSON.
    """
    read = decoder.decode(content)
    _names.decode(content.decode())
    return read
