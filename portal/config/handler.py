"""Django's handler for ASGI, without threads.

Django closes each answer in a thread of its own, and ends that thread before it lets go of the request: two threads
started for every page. Nothing of ours waits when an answer is closed (no files, no connections of Django's own), so
it happens in the loop.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import closing
from io import BytesIO
from typing import IO, Any

from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpResponseBase, StreamingHttpResponse
from django.urls import ResolverMatch

from portal.platform.access.middleware import is_of_machine, match_of


class RequestHandler(ASGIHandler):
    """Answers a request: reads it whole, runs the middleware and the view, sends the answer, and closes it."""

    def __init__(self) -> None:
        super().__init__()
        self._under_way: set[asyncio.Task[Any]] = set()

    async def have_ended(self, seconds: float) -> None:
        """Wait until every answer has ended, stopped ones included; at most so many seconds."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=seconds)

    def resolve_request(self, request: Any) -> ResolverMatch:
        """Give the view that the middleware found already. Raise Resolver404."""
        match = match_of(request.path_info)
        if match is None:
            return super().resolve_request(request)
        request.resolver_match = match
        return match

    async def read_body(self, receive: Any) -> IO[bytes]:
        """Read the body: one that came in one piece, as nearly all do, is kept as it came.

        Django makes a file for each, on disk where it is large. Raise RequestAborted.
        """
        first = await receive()
        if first["type"] == "http.request" and not first.get("more_body", False):
            return BytesIO(first.get("body", b""))
        rest: IO[bytes] = await super().read_body(_again(first, receive))
        return rest

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request over HTTP. Raise what the middleware let through, and ValueError for another protocol."""
        if scope["type"] != "http":
            raise ValueError(f"the portal speaks HTTP, not {scope['type']}")
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        with closing(body):
            await signals.request_started.asend(sender=type(self), scope=scope)
            request, refusal = self.create_request(scope, body)
            if request is not None:
                await self._answer(request, receive, send)
            elif refusal is not None:
                await self.send_response(refusal, send)
                refusal.close()

    async def _answer(self, request: Any, receive: Any, send: Any) -> None:
        """Answer a request that has arrived whole. What a person asks stops when their client disconnects.

        What a machine sends is carried out to its end: it changes something, and to listen costs a task.
        """
        if (task := asyncio.current_task()) is not None:
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        response: HttpResponseBase | None = None
        try:
            if is_of_machine(request):
                response = await self.run_get_response(request)
                await self.send_response(response, send)
                return
            async with asyncio.TaskGroup() as under_way:
                leaving = under_way.create_task(self.listen_for_disconnect(receive))
                response = await self.run_get_response(request)
                await self.send_response(response, send)
                leaving.cancel()
        except* RequestAborted:
            pass
        except* Exception as failures:
            # The log names the failure itself, not the group around it.
            raise failures.exceptions[0] from None
        finally:
            if response is None:
                await signals.request_finished.asend(sender=type(self))
            else:
                await _close(response)


def _again(first: Any, receive: Callable[[], Awaitable[Any]]) -> Callable[[], Awaitable[Any]]:
    """Give a way to receive that begins with a message which was received already."""
    came = [first]

    async def next_message() -> Any:
        return came.pop() if came else await receive()

    return next_message


async def _close(response: HttpResponseBase) -> None:
    """End the pieces of an answer, in the task that sent them, and close it.

    A page that is stopped while a piece is being sent (its client reads nothing, and the server stops) leaves its
    generator suspended. Django leaves that to the garbage collector, with the questions to sources that it has open.
    """
    try:
        if isinstance(response, StreamingHttpResponse):
            pieces = response._iterator  # type: ignore[attr-defined]  # what Django wraps is seen nowhere else
            if isinstance(pieces, AsyncGenerator):
                await pieces.aclose()
    finally:
        response.close()
