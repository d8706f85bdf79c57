"""Names that stand twice in one object of JSON are found, wherever it is."""

import msgspec
import pytest

from portal.platform.access.machine_json import NameTwice, decode

ANYTHING = msgspec.json.Decoder(msgspec.Raw)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"a": 1, "b": {"a": 1}, "c": [{"a": 1}, {"a": 1}]}', False),
        (b'{"a": 1, "a": 1}', True),
        (b'{"a": 1, "\\u0061": 2}', True),
        (b'{"c": [{"b": {"a": 1, "x": 2, "a": 3}}]}', True),
        (b'[{"n": %s}]' % (b"9" * 5000), False),
        (b'"a"', False),
    ],
)
def test_name_that_stands_twice_is_found(content: bytes, expected: bool):
    try:
        decode(content, ANYTHING)
        has_twice = False
    except NameTwice:
        has_twice = True
    assert has_twice is expected


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"a": ' + b"[" * 200_000])
def test_what_is_no_json_raises(content: bytes):
    with pytest.raises((ValueError, RecursionError)):
        decode(content, ANYTHING)
