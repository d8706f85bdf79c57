"""Hiding several documents of which one is there no more: the others are hidden, and nobody waits long for it."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from portal.features.mailbox.letter import hiding_many
from portal.features.mailbox.letter.hiding_many import HidingAt
from portal.features.mailbox.registry import looking
from portal.features.mailbox.registry.locating import MessagePlace
from portal.features.mailbox.types import EboxProvider
from portal.platform.sources.reading.outcomes import Down, Late, Outcome, Ready

GONE = Down("refused", hiding_many.UNKNOWN)
DONE: Outcome[None] = Ready(None, datetime.now(UTC))


class TriedProvider:
    """A provider that refuses all where one is gone, and answers of each what the test says; else it is done."""

    def __init__(self, each: Mapping[str, Outcome[None]]) -> None:
        self.each = each
        self.asked: list[Sequence[str]] = []
        self.most = self._now = 0

    async def change(self, _request: Any, _provider: Any, ids: Sequence[str], *, is_shown: bool) -> Outcome[None]:
        assert not is_shown
        self.asked.append(ids)
        self._now += 1
        self.most = max(self.most, self._now)
        await asyncio.sleep(0)
        self._now -= 1
        return GONE if len(ids) > 1 else self.each.get(ids[0], DONE)


@pytest.mark.parametrize(
    ("each", "done", "asked"),
    [
        ({"7": GONE}, 24, 26),
        ({str(number): GONE for number in range(25)}, 0, 26),
        # Who does not answer is asked for no more of them: each could take seconds.
        ({"0": GONE, "2": Late()}, 3, 6),
        ({"8": Down("connection")}, 9, 11),
    ],
)
async def test_one_that_is_gone_keeps_no_other_from_being_hidden_and_trouble_ends_it(
    monkeypatch: pytest.MonkeyPatch, each: Mapping[str, Outcome[None]], done: int, asked: int
):
    tried = TriedProvider(each)

    async def provider(*_: Any) -> EboxProvider:
        return EboxProvider("smals", {}, "", "")

    monkeypatch.setattr(hiding_many, "_change", tried.change)
    monkeypatch.setattr(looking, "provider", provider)
    places = [MessagePlace("smals", str(number)) for number in range(25)]
    request: Any = None
    came = await hiding_many.hide(request, places, is_shown=False)
    assert came.results == (HidingAt("smals", done, 25 - done),)
    assert (len(tried.asked), tried.most) == (asked, hiding_many.AT_ONCE)
