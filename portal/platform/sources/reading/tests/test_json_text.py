"""Halves of surrogate pairs spoil no more than their own text."""

import msgspec
import pytest

from portal.platform.sources.reading import json_text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb'["\ud800"]', ["\ufffd"]),
        (rb'["a\udc00\ud83db"]', ["a\ufffd\ufffdb"]),
        (rb'["\ud83d\ude00", "\uD83D"]', ["\U0001f600", "\ufffd"]),
        (rb'["\\ud800", "\ud800"]', [r"\ud800", "\ufffd"]),
        (rb'["\\\ud800"]', ["\\\ufffd"]),
        (rb'{"\ud800": 1}', {"\ufffd": 1}),
        (b"[1]", [1]),
    ],
)
def test_half_of_a_pair_is_a_sign_for_what_cannot_be_read(written: bytes, read: object) -> None:
    assert json_text.decode_with(msgspec.json.decode, written) == read


@pytest.mark.parametrize("written", [b"", b"<html>", rb'["\ud800"', b'["\xff"]', rb'["\ud8"]', b"[NaN]"])
def test_what_is_no_json_stays_none(written: bytes) -> None:
    with pytest.raises(json_text.FAILURES):
        json_text.decode_with(msgspec.json.decode, written)
