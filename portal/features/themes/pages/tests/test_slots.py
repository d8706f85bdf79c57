"""The slots of a page: what turns out empty keeps the room in which it waited where people see it already."""

import pytest

from portal.features.themes.pages.slots import IN_SIGHT, TileSlots
from portal.features.themes.tests.made import entry
from portal.features.themes.types import DatasetGroup
from portal.platform.ui import sight
from portal.platform.ui.sight import SEEN

ENTRIES = [entry(f"of_{number}") for number in range(IN_SIGHT + 2)]
NAMES = [one.name for one in ENTRIES]
GROUPS = [DatasetGroup("one", "", "", ENTRIES[:2]), DatasetGroup("two", "", "", ENTRIES[2:])]


def test_what_is_empty_before_the_page_is_seen_is_gone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sight, "UNSEEN_SECONDS", 60)
    page = TileSlots(GROUPS)
    assert (page.mark_seen(), [page.keeps(name) for name in NAMES]) == ("", [False] * len(NAMES))


def test_what_is_empty_later_keeps_its_room_in_the_first_slots_that_are_still_there(
    monkeypatch: pytest.MonkeyPatch,
):
    page = TileSlots(GROUPS)
    assert page.keeps(NAMES[1]) is False
    monkeypatch.setattr(page._sight, "_begins", 0)
    assert [page.mark_seen(), page.mark_seen()] == [SEEN, ""]
    left = [name for name in NAMES if name != NAMES[1]]
    # In the order in which they happen to answer.
    assert {name for name in reversed(left) if page.keeps(name)} == set(left[:IN_SIGHT])
