"""Pages that are sent piece by piece: how each begins, and which pieces are sent together."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.template.loader import get_template

from . import first_bytes

SECONDS = 0.005  # of rendering without yielding to the loop

# Proxies must not cache a personal page, nor buffer it until it is complete.
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def answer(pieces: AsyncIterator[bytes]) -> StreamingHttpResponse:
    """Send a page as its pieces come."""
    return StreamingHttpResponse(pieces, headers=HEADERS)


def head(request: HttpRequest, title: str, sheets: Sequence[str]) -> bytes:
    """Render the head of a page, its first piece; after it comes `let_heads_go_first`, and then the frame.

    request: with the `session` of somebody signed in. title: of the page, in Dutch. sheets: the page's own style
    sheets.
    """
    context = {"title": title, "session": request.session, "request": request, "sheets": sheets}
    rendered: str = get_template("ui/stream_head.html").render(context)
    return rendered.encode()


async def let_heads_go_first(correlation_id: str) -> None:
    """Let this head, and those of other pages, reach the socket before a frame is rendered."""
    await asyncio.sleep(0)
    first_bytes.register(correlation_id)
    await first_bytes.let_go_first()


async def opening(
    request: Any, template: str, frame: Mapping[str, Any], sheets: Sequence[str]
) -> AsyncIterator[bytes]:
    """Yield what every streamed page begins with: the head, then its frame, which has reached the socket at the end.

    request: of somebody signed in, with its `correlation_id`. template: of the frame; frame: what it shows, at least
    its `title` and `crumbs`. sheets: the page's own style sheets.
    """
    yield head(request, frame["title"], sheets)
    await let_heads_go_first(request.correlation_id)
    context = {"groups": (), "depth": "all", **frame}
    yield get_template(template).render(context, request).encode()
    await asyncio.sleep(0)


async def stretches(pieces: AsyncIterator[str]) -> AsyncIterator[bytes]:
    """Join pieces that are rendered without a pause, and yield to the loop between such stretches.

    pieces: rendered one after another, without waiting for anything else. One chunk instead of many saves the cost
    per chunk.
    """
    at_hand: list[str] = []
    until = time.perf_counter() + SECONDS
    async for piece in pieces:
        at_hand.append(piece)
        if time.perf_counter() > until:
            yield "".join(at_hand).encode()
            at_hand.clear()
            await asyncio.sleep(0)
            until = time.perf_counter() + SECONDS
    if at_hand:
        yield "".join(at_hand).encode()
