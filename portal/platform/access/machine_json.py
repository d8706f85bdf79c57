"""Read JSON that machines send, and refuse a name that stands twice in one object.

RFC 8259 (4) leaves open which of the two counts. Whoever checked the message before us may have read the other one.
"""

import json
from typing import Any

import msgspec


class NameTwice(ValueError):
    """A name stands twice in one object."""


def _refuse_twice(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise NameTwice


# Only names are looked at. Numbers stay text: converting one of thousands of digits would raise an error of its own.
_names = json.JSONDecoder(object_pairs_hook=_refuse_twice, parse_int=str, parse_float=str)


def decode[T](content: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """Read a message with a decoder.

    Raise what the decoder raises, NameTwice, or another ValueError or RecursionError for what is no JSON.
    """
    message = decoder.decode(content)
    _names.decode(content.decode())
    return message
