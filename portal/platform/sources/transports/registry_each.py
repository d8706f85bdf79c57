"""Ask a Message Registry for several messages, each by itself: a few at once, each with a deadline of its own."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

import msgspec

from portal.platform.wire.calls import HttpAnswer

from .. import beside
from ..reading import json_text
from ..reading.outcomes import Down
from ..registries import MOST_EACH, GatheredItems
from . import mutual_tls, registry_pages

AT_ONCE = 8
SECONDS = 2.0  # for one message
LARGEST = 1024 * 1024  # bytes of one message; without its text and files it has some 2 kB
ABSENT = mutual_tls.refusal(404)

# Calls GET on a path below the registry's address.
type Get = Callable[[str], Awaitable[HttpAnswer | Down]]


async def gather(paths: Mapping[int, str], get: Get, insz: str, until: float) -> GatheredItems | Down:
    """Ask for each of these paths, which have numbers; give the answers by the same numbers.

    until: seconds of the monotonic clock, after which none is waited for. A failure is returned when no message was
    answered, and when one is for somebody else.
    """
    turns = asyncio.Semaphore(AT_ONCE)
    failed: dict[int, Down] = {}
    items: dict[int, dict[str, object]] = {}
    absent: list[int] = []

    async def one(at: int, below: str) -> None:
        try:
            async with asyncio.timeout(until - time.monotonic()), turns, asyncio.timeout(SECONDS):
                found = await _one(get, below, insz)
        except TimeoutError:
            found = Down("late")
        if found == ABSENT:
            absent.append(at)
        elif isinstance(found, Down):
            failed[at] = found
        else:
            items[at] = found

    async with asyncio.TaskGroup() as asking:
        for at, below in list(paths.items())[:MOST_EACH]:
            asking.create_task(one(at, below))
    failures = list(failed.values())
    if mismatch := next((each for each in failures if each.reason == "mismatch"), None):
        return mismatch
    if failures and not items and not absent:
        return failures[0]
    return GatheredItems({at: items[at] for at in sorted(items)}, tuple(sorted(absent)))


async def _one(get: Get, below: str, insz: str) -> dict[str, object] | Down:
    answer = await get(below)
    if isinstance(answer, Down):
        return answer
    if len(answer.data) > LARGEST:
        return Down("unreadable", "too large")
    return await beside.read(len(answer.data), lambda: _content(answer.data, insz))


def _content(data: bytes, insz: str) -> dict[str, object] | Down:
    try:
        content = json_text.decode_with(msgspec.json.decode, data)
    except json_text.FAILURES:
        return Down("unreadable", json_text.failure(data))
    if not isinstance(content, dict):
        return Down("unreadable", "no object")
    if registry_pages.is_for_another(content.get("forTheAttentionOf"), insz):
        return Down("mismatch", "INSZ")
    return content
