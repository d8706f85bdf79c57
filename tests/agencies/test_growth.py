"""Reading an answer takes no longer than it is long: every dataset's sample, with an endless text or list."""

import time

import pytest
from lxml import etree

from portal.platform.sources.catalogue import Askable
from tests.effort import LENGTHS, Proportion

from .samples import ENTRIES, JSON_ENTRIES, answers_of, read

pytestmark = pytest.mark.security

LONG = 256 * 1024  # bytes
SHORT = LONG // LENGTHS
TEXTS = ("1", "a 1a ", "\u0301\u0323")


def grown_xml(data: bytes, text: str, size: int) -> bytes:
    """Put a text into the first, a middle and the last leaf of an answer's content, and repeat a leaf."""
    root = etree.fromstring(data)
    content = next(element for element in root.iter() if etree.QName(element).localname == "Inhoud")
    leaves = [element for element in content.iter(etree.Element) if not len(element)]
    for leaf in {leaves[0], leaves[len(leaves) // 2], leaves[-1]}:
        leaf.text = text * (size // 6 // len(text.encode()))
    last = leaves[len(leaves) // 3]
    one = etree.tostring(last)
    for _ in range(size // 2 // (len(one) + 1)):
        last.addnext(etree.fromstring(one))
    return etree.tostring(root)


def seconds_of(entry: Askable, data: bytes) -> float:
    started = time.thread_time()
    read(data, entry)
    return time.thread_time() - started


def growth(entry: Askable, short: bytes, long: bytes) -> str:
    """Say what the short one and the long one take; "" when that is a moment, or in proportion."""
    return str(Proportion().of(lambda: seconds_of(entry, short), lambda: seconds_of(entry, long)))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_no_answer_takes_longer_than_it_is_long(entry):
    sample = max(answers_of(entry), key=lambda file: file.stat().st_size).read_bytes()
    grown = {text: [grown_xml(sample, text, size) for size in (SHORT, LONG)] for text in TEXTS}
    assert {text: growth(entry, *grown[text]) for text in TEXTS} == dict.fromkeys(TEXTS, "")


@pytest.mark.parametrize("entry", JSON_ENTRIES, ids=lambda entry: entry.name)
@pytest.mark.parametrize("piece", ["[", '{"a":', "9", '"\\u0301', " "])
def test_no_json_takes_longer_than_it_is_long(entry, piece):
    short, long = ((piece * (size // len(piece))).encode() for size in (SHORT, LONG))
    assert growth(entry, short, long) == ""
