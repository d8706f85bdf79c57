"""Requests are answered in the loop, and whoever leaves is answered no further."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import nullcontext
from typing import Any

import pytest
from django.core import signals
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.test import override_settings
from django.urls import path

from portal.config.handler import RequestHandler
from portal.platform.access.machine_guard import for_machines
from tests.waiting import PATIENCE, until

SCOPE = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "method": "GET"}
closed: list[str] = []
is_thinking = asyncio.Event()


class Streamed(StreamingHttpResponse):
    def close(self) -> None:
        closed.append("answer")
        super().close()


async def whole(request: HttpRequest) -> HttpResponseBase:
    return HttpResponse("whole")


async def streamed(request: HttpRequest) -> HttpResponseBase:
    async def pieces() -> AsyncIterator[bytes]:
        try:
            yield b"first"
            if request.GET.get("waits"):
                await asyncio.Event().wait()
            if request.GET.get("breaks"):
                raise ValueError("of a piece")
            yield b"last"
        finally:
            # Work for a client that has disconnected is done before the answer is closed.
            await asyncio.sleep(float(request.GET.get("ends", 0)))
            closed.append("pieces")

    return Streamed(pieces())


async def thinking(request: HttpRequest) -> HttpResponseBase:
    is_thinking.set()
    try:
        await asyncio.Event().wait()
    finally:
        closed.append("view")
    raise AssertionError


@for_machines
async def keeping(request: HttpRequest) -> HttpResponseBase:
    is_thinking.set()
    await asyncio.sleep(0.01)
    closed.append("kept")
    return HttpResponse("kept")


async def broken(request: HttpRequest) -> HttpResponseBase:
    raise ValueError("of the view")


urlpatterns = [
    path("whole/", whole),
    path("streamed/", streamed),
    path("thinking/", thinking),
    path("keeping/", keeping),
    path("broken/", broken),
]


@pytest.fixture
def handler():
    """Ours, with these pages alone."""
    closed.clear()
    is_thinking.clear()
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[], ALLOWED_HOSTS=["testserver"]):
        yield RequestHandler()


def scope_of(address: str, query: bytes = b"") -> dict[str, Any]:
    return SCOPE | {"path": address, "query_string": query, "headers": [(b"host", b"testserver")]}


@pytest.fixture
def finished():
    """How often Django heard that a request is over."""
    heard: list[type] = []

    def hear(sender: type, **_: Any) -> None:
        heard.append(sender)

    signals.request_finished.connect(hear)
    yield heard
    signals.request_finished.disconnect(hear)


class Reader:
    """Asks for one page, and leaves when it is told to."""

    def __init__(self, on_piece: Callable[[bytes], None] = lambda piece: None) -> None:
        self.body = b""
        self.status = 0
        self.leaves = asyncio.Event()
        self._on_piece = on_piece
        self._has_asked = False

    async def receive(self) -> dict[str, Any]:
        if not self._has_asked:
            self._has_asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        self.status = message.get("status", self.status)
        piece = message.get("body", b"")
        self.body += piece
        self._on_piece(piece)


@pytest.mark.parametrize(("address", "body"), [("/whole/", b"whole"), ("/streamed/", b"firstlast")])
async def test_no_page_begins_a_thread(handler, monkeypatch, address, body):
    begun: list[str] = []
    start = threading.Thread.start
    monkeypatch.setattr(threading.Thread, "start", lambda thread: (begun.append(thread.name), start(thread)))
    # The portal takes Django's own away, which are not asynchronous (`tests/house/test_wiring.py`).
    for signal in (signals.request_started, signals.request_finished):
        monkeypatch.setattr(signal, "receivers", [])
    reader = Reader()
    async with asyncio.timeout(PATIENCE):
        await handler(scope_of(address), reader.receive, reader.send)
    assert (reader.body, begun) == (body, [])
    assert closed == (["pieces", "answer"] if address == "/streamed/" else [])


async def test_who_leaves_is_answered_no_further(handler):
    reader = Reader(lambda piece: reader.leaves.set() if piece == b"first" else None)
    async with asyncio.timeout(PATIENCE):
        await handler(scope_of("/streamed/", b"waits=1"), reader.receive, reader.send)
    assert (reader.body, closed) == (b"first", ["pieces", "answer"])


async def test_who_left_before_the_request_was_whole_gets_nothing(handler):
    reader = Reader()
    reader._has_asked = True
    reader.leaves.set()
    await handler(scope_of("/whole/"), reader.receive, reader.send)
    assert reader.body == b""


async def test_a_socket_that_fails_is_told_as_it_is(handler):
    def fail(piece: bytes) -> None:
        raise OSError("gone")

    reader = Reader(fail)
    with pytest.raises(OSError, match="gone"):
        await handler(scope_of("/streamed/"), reader.receive, reader.send)
    assert closed[-1] == "answer"


async def test_who_leaves_while_a_view_works_ends_its_work(handler, finished):
    reader = Reader()
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as both:
        both.create_task(handler(scope_of("/thinking/"), reader.receive, reader.send))
        await is_thinking.wait()
        reader.leaves.set()
    assert (reader.status, closed, finished) == (0, ["view"], [RequestHandler])


async def test_what_a_machine_sends_is_carried_out_though_it_leaves(handler, finished):
    reader = Reader()
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as both:
        both.create_task(handler(scope_of("/keeping/") | {"method": "POST"}, reader.receive, reader.send))
        await is_thinking.wait()
        reader.leaves.set()
    assert (reader.status, closed, finished) == (200, ["kept"], [RequestHandler])


@pytest.mark.parametrize(("address", "done"), [("/streamed/", ["pieces", "answer"]), ("/thinking/", ["view"])])
async def test_a_server_that_stops_leaves_nothing_open(handler, finished, address, done):
    task = asyncio.create_task(handler(scope_of(address, b"waits=1"), (reader := Reader()).receive, reader.send))
    await until(lambda: reader.body == b"first" or is_thinking.is_set())
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (closed, finished) == (done, [RequestHandler])


@pytest.mark.parametrize("is_stopped", [True, False])
async def test_what_ends_while_a_piece_is_on_its_way_out_leaves_nothing_open(handler, finished, is_stopped):
    on_its_way, reader = asyncio.Event(), Reader()

    async def send(message: dict[str, Any]) -> None:
        if message.get("body"):
            on_its_way.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(handler(scope_of("/streamed/"), reader.receive, send))
    async with asyncio.timeout(PATIENCE):
        await on_its_way.wait()
        task.cancel() if is_stopped else reader.leaves.set()
        await asyncio.wait([task])
    assert (task.cancelled(), closed, finished) == (is_stopped, ["pieces", "answer"], [RequestHandler])


async def test_whoever_stops_can_wait_for_what_was_stopped_but_not_for_ever(handler):
    begun = asyncio.Event()
    reader = Reader(lambda piece: begun.set() if piece == b"first" else None)
    address = scope_of("/streamed/", b"waits=1&ends=0.05")
    async with asyncio.timeout(PATIENCE):
        await handler.wait_for_answers(60)
        task = asyncio.create_task(handler(address, reader.receive, reader.send))
        await begun.wait()
        await handler.wait_for_answers(0.001)
        assert closed == []
        task.cancel()
        await handler.wait_for_answers(60)
        assert (closed, task.cancelled()) == (["pieces", "answer"], True)


async def test_a_view_that_fails_has_an_answer(handler, finished):
    reader = Reader()
    async with asyncio.timeout(PATIENCE):
        await handler(scope_of("/broken/"), reader.receive, reader.send)
    assert (reader.status, finished) == (500, [RequestHandler])
    assert b"of the view" not in reader.body


async def test_a_piece_that_fails_is_told_as_it_is_and_closes_the_answer(handler, finished):
    reader = Reader()
    with pytest.raises(ValueError, match="of a piece"):
        await handler(scope_of("/streamed/", b"breaks=1"), reader.receive, reader.send)
    assert (reader.body, closed, finished) == (b"first", ["pieces", "answer"], [RequestHandler])


async def test_a_request_that_cannot_be_read_has_an_answer(handler):
    reader = Reader()
    await handler(scope_of("/whole/", b"\xff"), reader.receive, reader.send)
    assert reader.status == 400


async def test_only_http_is_spoken(handler):
    with pytest.raises(ValueError, match="websocket"):
        await handler({"type": "websocket"}, None, None)


@pytest.mark.parametrize(
    ("content_type", "is_refused"),
    [
        (b"application/x-www-form-urlencoded; charset=UTF-8", False),
        (b"application/x-www-form-urlencoded; charset=utf8", False),
        (b"application/x-www-form-urlencoded; charset=iso-8859-1", True),
        (b"multipart/form-data; boundary=x; charset=punycode", True),
        (b"multipart/form-data; boundary=x; charset=hex", True),
        (b"application/json; charset=hex", False),
    ],
)
async def test_text_of_a_form_is_utf_8(handler, content_type, is_refused):
    reader = Reader()
    scope = scope_of("/", b"&".join(b"a=%d" % number for number in range(50)))
    scope["headers"] = [*scope["headers"], (b"content-type", content_type)]
    # `uploads` makes the answer of what is raised.
    with pytest.raises(BadRequest) if is_refused else nullcontext():
        async with asyncio.timeout(PATIENCE):
            await handler(scope, reader.receive, reader.send)
