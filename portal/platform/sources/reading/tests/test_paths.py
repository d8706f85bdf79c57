"""Paths of facts: which place stands in which."""

import pytest

from portal.platform.sources.reading import paths

PATH = "Bewijzen/Bewijs[12]/Basis/Naam[2]"


def test_path_is_taken_apart():
    assert paths.plain(PATH) == "Bewijzen/Bewijs/Basis/Naam"
    assert (paths.depth_of(PATH), paths.depth_of("Naam")) == (4, 1)
    assert paths.beginning(PATH, 2) == "Bewijzen/Bewijs[12]"
    assert (paths.parent(PATH), paths.parent("Naam")) == ("Bewijzen/Bewijs[12]/Basis", "")
    assert paths.below("A[1]", "B/C") == "A[1]/B/C"


@pytest.mark.parametrize(
    ("place", "is_within"),
    [
        (PATH, True),
        ("Bewijzen", True),
        ("Bewijzen/Bewijs", True),
        ("Bewijzen/Bewijs[12]", True),
        ("Bewijzen/Bewijs[1]", False),
        ("Bewijzen/Bewij", False),
        ("Basis", False),
    ],
)
def test_path_is_within_the_places_that_it_leads_through(place, is_within):
    assert paths.is_within(PATH, place) is is_within


@pytest.mark.parametrize(
    ("element", "place"),
    [("Bewijzen/Bewijs", "Bewijzen/Bewijs[12]"), ("Bewijzen", ""), ("Bewijzen/Bewij", ""), ("Bewijs", "")],
)
def test_repeat_of_an_element_is_found_from_the_outside(element, place):
    assert paths.repeat_of(element, PATH) == place


def test_innermost_repeat_is_the_last_one():
    assert paths.innermost_repeat("A[1]/B[2]/C") == "A[1]/B[2]"
    assert paths.innermost_repeat("A/B") == ""


@pytest.mark.parametrize(
    ("element", "place"),
    [("Bewijs", "Bewijzen/Bewijs[12]"), ("Bewijs/Basis", "Bewijzen/Bewijs[12]/Basis"), ("Naam", PATH), ("Bew", "")],
)
def test_path_is_kept_as_far_as_an_element_wherever_it_stands(element, place):
    assert paths.as_far_as(element, PATH) == place


def test_endings_of_a_path_begin_with_all_of_it():
    assert list(paths.endings("A/B/C")) == ["A/B/C", "B/C", "C"]


@pytest.mark.parametrize(
    ("places", "common"),
    [(["A/B[1]/C", "A/B[2]"], "A"), (["A/B", "A/B/C"], "A/B"), (["A/B"], "A/B"), (["A/B", "AB/C"], "")],
)
def test_common_element_is_the_innermost_around_all(places, common):
    assert paths.common(places) == common


@pytest.mark.parametrize(
    ("path", "is_inside"),
    [("A/B/C", True), ("A/B", False), ("A/B[1]", False), ("A/B[1]/C", False), ("A/BC/D", False)],
)
def test_what_is_inside_a_place_is_not_the_place_itself(path, is_inside):
    assert paths.is_inside(path, "A/B") is is_inside
