"""What a manifest names by a path is looked for in the samples, and each fault of the path has its own message."""

import pytest

from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.sampled import SampleNames, collect_names

NOWHERE = "x leads to no fact of any sample: A/B"
ONCE = "x: parse.py reads A/B as an element that stands there once; write A/B[] in its table"


def around(element: str) -> str:
    """Give the message about an element that repeats around A/B."""
    return (
        f"x: parse.py reads {element}, around A/B, as an element that repeats; "
        "write the path of one around which nothing repeats"
    )


def names_at(*places: str) -> SampleNames:
    return collect_names(Fact("key", "Label", "value", "text", place) for place in places)


@pytest.mark.parametrize(
    ("places", "of_items", "of_place"),
    [
        (["A/B[1]/C"], [], []),
        (["A/B[1]/C", "D"], [], []),
        (["A/B/C"], [ONCE], []),
        (["A/B/C[1]/D"], [ONCE], []),
        (["A[1]/B[2]/C"], [around("A")], [around("A")]),
        (["A[1]/B[2]"], [around("A")], [around("A")]),
        (["A[1]/B/C"], [around("A")], [around("A")]),
        (["A[1]/B[2]/C[3]/D"], [around("A")], [around("A")]),
        (["A/D"], [NOWHERE], [NOWHERE]),
        (["A[1]/BC[1]/D"], [f"{NOWHERE} (what repeats: A/BC)"], [f"{NOWHERE} (what repeats: A/BC)"]),
    ],
)
def test_a_path_that_fits_no_element_is_said_with_its_cause(places, of_items, of_place):
    names = names_at(*places)
    assert list(names.lacks_repeated("x", "A/B")) == of_items
    assert list(names.lacks_place("x", "A/B")) == of_place


def test_the_outermost_element_that_repeats_is_named():
    names = names_at("P/A[1]/B[1]/C[1]/D")
    (lack,) = names.lacks_repeated("x", "P/A/B/C")
    assert lack.startswith("x: parse.py reads P/A, around P/A/B/C,")
