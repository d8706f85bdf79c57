"""Change something at a body as a citizen's own act: journalled before and after, and sent once.

Once it may have been sent it is not sent again, and it runs to its end although whoever pressed the button leaves:
the journal says how it ended. Where no answer came, nobody here knows whether it was done.
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

    inquiry: as for what stands below a registry; its reader is not used. Whatever happens upstream comes back as a
    value: Down with is_unsent, or a reason of ours, when nothing was sent; Down("refused", "HTTP 405") by the body;
    else it may have been done. Raises ValueError for a consultation about somebody else.
    """
    return await _to_its_end(_change(SingleCall(consultation, inquiry), patch))


async def put_or_delete[T](consultation: Consultation, inquiry: Inquiry[Any, T], *, is_on: bool) -> Outcome[T]:
    """Put what an inquiry names, or take it away; gives what the body says after that, by the inquiry's reader.

    Whatever happens upstream comes back as a value, as by `change`.
    """
    return await _to_its_end(_put_or_delete(SingleCall(consultation, inquiry), is_on))


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
        came = await call.send(registry.put_or_delete, is_on)
        outcome = call.read(registry.read, came) if isinstance(came, AnswerText) else came
    finally:
        await call.settle(outcome)
    return outcome
