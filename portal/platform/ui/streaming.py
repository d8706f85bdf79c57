"""Pages that are streamed: how each begins, and which pieces are sent in one chunk."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.template.loader import get_template

from . import first_bytes

STRETCH_SECONDS = 0.005  # of rendering without yielding to the loop

# Proxies must not cache a personal page, nor buffer it until it is complete.
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def answer(pieces: AsyncIterator[bytes]) -> StreamingHttpResponse:
    """Make the response that sends the pieces of a page as they are rendered."""
    return StreamingHttpResponse(pieces, headers=HEADERS)


def head(request: HttpRequest, title: str, sheets: Sequence[str]) -> bytes:
    """Render the head of a page, its first piece; call `let_heads_go_first` after it, and then send the frame.

    request: with the `session` of somebody signed in. title: of the page, in Dutch. sheets: the page's own style
    sheets.
    """
    context = {"title": title, "session": request.session, "request": request, "sheets": sheets}
    rendered: str = get_template("ui/stream_head.html").render(context)
    return rendered.encode()


async def let_heads_go_first(correlation_id: str) -> None:
    """Wait until this head, and those of other pages, reached the socket; call it before a frame is rendered."""
    await asyncio.sleep(0)
    first_bytes.register(correlation_id)
    await first_bytes.let_go_first()


async def opening(
    request: Any, template: str, frame: Mapping[str, Any], sheets: Sequence[str]
) -> AsyncIterator[bytes]:
    """Yield the first pieces of every streamed page: its head and its frame; both reached the socket at the end.

    request: of somebody signed in, with its `correlation_id`. template: of the frame; frame: what it shows, at least
    its `title` and `crumbs`. sheets: the page's own style sheets.
    """
    yield head(request, frame["title"], sheets)
    await let_heads_go_first(request.correlation_id)
    context = {"groups": (), "depth": "all", **frame}
    yield get_template(template).render(context, request).encode()
    await asyncio.sleep(0)


async def stretches(pieces: AsyncIterator[str]) -> AsyncIterator[bytes]:
    """Join pieces into chunks, each of what is rendered in STRETCH_SECONDS, and yield to the loop between chunks.

    pieces: rendered one after another, without waiting for anything else. Fewer chunks cost less.
    """
    at_hand: list[str] = []
    until = time.perf_counter() + STRETCH_SECONDS
    async for piece in pieces:
        at_hand.append(piece)
        if time.perf_counter() > until:
            yield "".join(at_hand).encode()
            at_hand.clear()
            await asyncio.sleep(0)
            until = time.perf_counter() + STRETCH_SECONDS
    if at_hand:
        yield "".join(at_hand).encode()
