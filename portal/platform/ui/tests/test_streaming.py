"""Pieces rendered in one stretch leave in one chunk, and no stretch holds the loop for longer."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from portal.platform.ui import streaming


async def pieces() -> AsyncIterator[str]:
    for piece in ("a", "b", "c"):
        yield piece


@pytest.mark.parametrize(("seconds", "sent"), [(60.0, [b"abc"]), (-1.0, [b"a", b"b", b"c"])])
async def test_pieces_of_one_stretch_leave_together(monkeypatch, seconds, sent):
    monkeypatch.setattr(streaming, "STRETCH_SECONDS", seconds)
    assert [chunk async for chunk in streaming.stretches(pieces())] == sent


async def test_others_have_the_loop_between_two_stretches(monkeypatch):
    monkeypatch.setattr(streaming, "STRETCH_SECONDS", -1.0)
    turns: list[str] = []

    async def other() -> None:
        for _ in range(2):
            turns.append("other")
            await asyncio.sleep(0)

    beside = asyncio.create_task(other())
    async for chunk in streaming.stretches(pieces()):
        turns += [chunk.decode()]
    await beside
    assert turns == ["a", "other", "b", "other", "c"]


async def test_nothing_leaves_where_nothing_is_rendered():
    async def none() -> AsyncIterator[str]:
        for piece in ():
            yield piece

    assert [chunk async for chunk in streaming.stretches(none())] == []
