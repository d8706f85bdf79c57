"""Django's ASGI handler, without threads; `asgi` runs it.

Django starts threads for every request, to close its answer. Closing an answer of this portal never blocks (it has no
files, and no connections of Django's own), so it is done in the event loop.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import closing
from io import BytesIO
from typing import IO, Any

from django.core import signals
from django.core.exceptions import BadRequest, RequestAborted
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.http import HttpResponseBase, StreamingHttpResponse
from django.urls import ResolverMatch
from django.utils.http import parse_header_parameters

from portal.platform.access.middleware import is_of_machine, match_of

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
UTF_8 = ("utf-8", "utf8", "us-ascii", "ascii")  # ASCII is UTF-8 too


class Utf8Request(ASGIRequest):
    """A request whose text is UTF-8; a form that says otherwise is refused.

    Django decodes a form with whatever codec of Python its Content-Type names: punycode takes a time that grows as
    the square of the text, and unicode_escape makes characters that cannot be written again.
    """

    def _set_content_type_params(self, meta: Mapping[str, str]) -> None:
        """Read the Content-Type. Raise BadRequest for one that cannot be read."""
        try:
            self.content_type, given = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except ValueError as error:
            raise BadRequest("Content-Type cannot be read") from error
        charset = given.pop("charset", "utf-8")
        if self.content_type in FORMS and charset.strip().lower() not in UTF_8:
            raise BadRequest("a form must be UTF-8")
        self.content_params = given


class RequestHandler(ASGIHandler):
    """Answers a request: reads its body, runs the middleware and the view, sends the answer, and closes it."""

    request_class = Utf8Request

    def __init__(self) -> None:
        super().__init__()
        self._under_way: set[asyncio.Task[Any]] = set()

    async def wait_for_answers(self, seconds: float) -> None:
        """Wait until every answer has ended, also those that were cancelled; at most so many seconds."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=seconds)

    def resolve_request(self, request: Any) -> ResolverMatch:
        """Give the match that the middleware has found already. Raise Resolver404."""
        match = match_of(request.path_info)
        if match is None:
            return super().resolve_request(request)
        request.resolver_match = match
        return match

    async def read_body(self, receive: Any) -> IO[bytes]:
        """Read the body. Raise RequestAborted.

        A body of one piece, as nearly all are, is kept as it came; Django would copy it into a file.
        """
        first = await receive()
        if first["type"] == "http.request" and not first.get("more_body", False):
            return BytesIO(first.get("body", b""))
        rest: IO[bytes] = await super().read_body(_receive_again(first, receive))
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
        """Answer a request that has arrived whole. A request of a person is cancelled when their client disconnects.

        A request of a machine is carried out to its end: it changes something, and listening would cost a task.
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
            # The log is to name the error itself, not the group around it.
            raise failures.exceptions[0] from None
        finally:
            if response is None:
                await signals.request_finished.asend(sender=type(self))
            else:
                await _close(response)


def _receive_again(first: Any, receive: Callable[[], Awaitable[Any]]) -> Callable[[], Awaitable[Any]]:
    """Give a `receive` that gives first, which was received already, and then what comes."""
    pending = [first]

    async def next_message() -> Any:
        return pending.pop() if pending else await receive()

    return next_message


async def _close(response: HttpResponseBase) -> None:
    """Close the generator of a streamed answer, in the task that sent it, and then the answer.

    A page that is cancelled while a piece is being sent leaves its generator suspended. Django leaves that to the
    garbage collector, with the questions to sources that it has open.
    """
    try:
        if isinstance(response, StreamingHttpResponse):
            pieces = response._iterator  # type: ignore[attr-defined]  # Django has no public access to what it wraps
            if isinstance(pieces, AsyncGenerator):
                await pieces.aclose()
    finally:
        response.close()
