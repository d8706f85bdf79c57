"""What a page says of what is empty, and in the end of what is missing."""

import pytest

from portal.features.themes.arranging import tiles
from portal.features.themes.arranging.summary import summary_of
from portal.features.themes.pages.empties import EmptyTiles
from portal.features.themes.tests.made import NOW, entry, fact
from portal.features.themes.types import DatasetGroup
from portal.platform.sources import gaps
from portal.platform.sources.reading.outcomes import Down, Late, Missing, Nothing, Outcome, Partial, Ready

A, B, C, D = (entry(name) for name in "abcd")
READY, NOTHING = Ready((fact("name", "An"),), NOW), Nothing(NOW)


def test_the_end_tells_whole_partial_and_silent_answers_apart():
    found = [(A, READY), (B, NOTHING), (C, Late()), (D, Down("off")), (entry("e"), Partial((), (), NOW))]
    summary = summary_of(found)
    assert (summary.asked, summary.whole, summary.known) == (5, 2, 2)
    assert (summary.partial, summary.silent, summary.again) == (["E"], ["C", "D"], ["body.c"])
    assert [[one.entry.id for one in body.asked if one.has_answered] for body in summary.bodies] == [["a", "b", "e"]]


@pytest.mark.parametrize(
    ("outcome", "may_help"),
    [
        (READY, False),
        (NOTHING, False),
        (Late(NOW), True),
        (Down("status"), True),
        (Down("off"), False),
        (Down("maintenance", until=NOW), False),
        (Down("assurance"), False),
        (Partial((), (Missing("A", "", "busy"), Missing("B", "", "unread")), NOW), True),
        (Partial((), (Missing("A", "", "long"), Missing("B", "", "unread")), NOW), False),
    ],
)
def test_asking_again_is_offered_where_it_may_help(outcome, may_help):
    assert gaps.may_help_to_ask_again(outcome) is may_help
    assert tiles.tile_of(A, outcome, "lead").may_help_to_ask_again is may_help


def test_what_is_empty_is_told_in_the_order_of_the_page_when_its_group_has_answered():
    groups = [DatasetGroup("one", "", "", [A, B, C]), DatasetGroup("two", "", "", [D])]
    empties = EmptyTiles(groups)

    def line_after(of, outcome: Outcome) -> list[str]:
        group, empty = empties.add(tiles.tile_of(of, outcome, "lead"))
        return [group.id, *(tile.entry.id for tile in empty)]

    assert line_after(C, NOTHING) == ["one"]
    assert line_after(D, NOTHING) == ["two", "d"]
    assert line_after(B, READY) == ["one"]
    assert line_after(A, NOTHING) == ["one", "a", "c"]


def test_late_down_and_partial_are_never_empty():
    for outcome in (Late(NOW), Down("status"), Partial((), (), NOW), READY):
        assert EmptyTiles([DatasetGroup("one", "", "", [A])]).add(tiles.tile_of(A, outcome, "lead"))[1] == []
