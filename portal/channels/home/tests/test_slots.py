"""The slots of a card: they give up their space early, and later nothing that is visible moves."""

import re

import pytest

from portal.channels.home.slots import END, CardSlots
from portal.platform.feature.home import Card
from portal.platform.ui import sight

CARD = Card("trial", "Kaart", slots=("a", "b", "c", "d"))


def sent_slots(sent: str) -> list[str]:
    """List what was sent: a slot by its name, in brackets where nothing comes."""
    found = re.findall(r'<(div|span) slot="card-trial-(\w+)"', sent)
    return [name if tag == "div" else f"({name})" for tag, name in found]


@pytest.fixture(params=[60, -1], ids=["unseen", "seen"])
def is_seen(request, monkeypatch) -> bool:
    monkeypatch.setattr(sight, "UNSEEN_SECONDS", request.param)
    return bool(request.param < 0)


def test_slot_in_which_nothing_comes_gives_its_room_back_unless_something_below_it_is_seen(is_seen: bool):
    page = CardSlots([CARD])
    sent = page.leave_empty("trial", "a") + page.fill("trial", "c", "C") + page.leave_empty("trial", "d")
    sent += page.fill("trial", END, "end")
    assert sent_slots(sent) == (["c", "end", "(d)"] if is_seen else ["(a)", "c", "(d)", "end", "(b)", "(room)"])


def test_card_without_an_end_stops_waiting_once(is_seen: bool):
    page = CardSlots([CARD])
    sent = page.close("trial")
    assert sent_slots(sent) == ["(a)", "(b)", "(c)", "(d)", "(end)", *([] if is_seen else ["(room)"])]
    assert page.close("trial") == ""
    assert not page.is_open("trial", END)
