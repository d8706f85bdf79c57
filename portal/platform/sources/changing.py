"""Change something at a body as a citizen's own act: journalled before and after, and sent once.

A change is never sent again once it may have been sent. It runs to its end even when the citizen leaves, so that the
journal says how it ended. Without an answer, nobody here knows whether it was made.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from .inquiry import Consultation, Inquiry
from .reading.outcomes import Outcome
from .single import SingleCall
from .transports import registry
from .transports.answer import AnswerText

_under_way: set[asyncio.Task[Outcome[Any]]] = set()


async def change(consultation: Consultation, inquiry: Inquiry[Any, Any], patch: bytes) -> Outcome[None]:
    """Change what an inquiry names, with a merge patch (JSON, RFC 7396); Ready once the body confirms it.

    inquiry: of a registry, with the value BELOW; its reader is not used. Failures come back as values: Down with
    `is_unsent` or with a reason of `fetch.NOT_ASKED` when nothing was sent; Down("refused") when the body refused;
    after any other the change may have been made. Raises ValueError for a consultation about somebody else.
    """
    return await _to_its_end(_change(SingleCall(consultation, inquiry, is_change=True), patch))


async def put_or_delete[T](consultation: Consultation, inquiry: Inquiry[Any, T], *, is_on: bool) -> Outcome[T]:
    """Send PUT (is_on) or DELETE for what an inquiry names; give the body's answer, read by the inquiry's reader.

    Failures come back as values, as by `change`.
    """
    return await _to_its_end(_put_or_delete(SingleCall(consultation, inquiry, is_change=True), is_on))


async def wait_for_ends(seconds: float) -> None:
    """Wait until the changes under way have ended and are journalled, also those whose citizen left; at most so long.

    For a process that stops: no request may be waiting for them any more.
    """
    if _under_way:
        await asyncio.wait(_under_way, timeout=seconds)


async def _to_its_end[T](change: Coroutine[Any, Any, Outcome[T]]) -> Outcome[T]:
    task = asyncio.create_task(change)
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)
    return await asyncio.shield(task)


async def _change(call: SingleCall, patch: bytes) -> Outcome[None]:
    bar = await call.begin()
    if bar is not None:
        return bar
    outcome: Outcome[None] | None = None
    try:
        outcome = await call.send(registry.change, patch)
    finally:
        await call.settle(outcome)
    return outcome


async def _put_or_delete(call: SingleCall, is_on: bool) -> Outcome[Any]:
    bar = await call.begin()
    if bar is not None:
        return bar
    outcome: Outcome[Any] | None = None
    try:
        answer = await call.send(registry.put_or_delete, is_on)
        outcome = call.read(registry.read, answer) if isinstance(answer, AnswerText) else answer
    finally:
        await call.settle(outcome)
    return outcome
