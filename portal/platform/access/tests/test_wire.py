"""The HTTP client for the provider, against a server of this process that answers badly."""

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest

from portal.platform.access import wire
from portal.platform.access.errors import ProviderSlow, ProviderUnavailable
from tests.waiting import until


@asynccontextmanager
async def serve_answer(raw: bytes | None):
    """Serve one raw HTTP answer on a free port; None never answers."""
    received: list[bytes] = []
    done = asyncio.Event()

    async def serve(reader, writer):
        received.append(await reader.readuntil(b"\r\n\r\n"))
        if raw is None:
            await done.wait()
        else:
            writer.write(raw)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", received
    finally:
        done.set()
        server.close()
        await wire.close()


def http(body: bytes, status: str = "200 OK", *more: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *more]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def test_ask_returns_status_and_object():
    async with serve_answer(http(b'{"a": [1]}')) as (url, received):
        assert await wire.ask("GET", url, bearer="the-token") == (200, {"a": [1]})
    assert b"\r\nAuthorization: Bearer the-token\r\n" in received[0]


@pytest.mark.parametrize("body", [b'\xef\xbb\xbf{"naam": "Zo\xc3\xab"}\0', '{"naam": "Zoë"}'.encode("utf-16")])
async def test_an_answer_is_read_however_its_bytes_are_sent(body):
    async with serve_answer(http(body)) as (url, _):
        assert await wire.ask("GET", url) == (200, {"naam": "Zoë"})


@pytest.mark.parametrize("body", [b'{"error": "invalid_grant"}', b"<html>", b"[]", b""])
async def test_ask_returns_what_it_can_read_of_a_refusal(body):
    async with serve_answer(http(body, "400 Bad Request")) as (url, _):
        status, answer = await wire.ask("POST", url, form={"code": "x"})
    assert (status, answer) == (400, {"error": "invalid_grant"} if body.startswith(b"{") else {})


@pytest.mark.parametrize(
    "raw",
    [
        http(b"{}", "503 Service Unavailable"),
        http(b"{}", "500 Internal Server Error"),
        http(b"{}", "429 Too Many Requests"),
        http(b"{}", "302 Found", "Location: https://evil.example/"),
        http(b""),
        http(b"[]"),
        http(b"null"),
        http(b"<html></html>"),
        http(b'{"a": '),
        http(b'{"a": "\xc3\xab\xff"}'),
        http(b'{"a":' * 100_000),
        http(b'"' + b"x" * 300_000 + b'"'),
        http(b"{}")[:-1],
        b"no HTTP at all\r\n\r\n",
        b"",
    ],
    ids=lambda raw: repr(raw[:20]),
)
async def test_ask_calls_anything_else_unavailable(raw):
    async with serve_answer(raw) as (url, _):
        with pytest.raises(ProviderUnavailable):
            await wire.ask("GET", url)


async def test_ask_calls_a_closed_door_unavailable():
    async with serve_answer(b"") as (url, _):
        pass
    with pytest.raises(ProviderUnavailable):
        await wire.ask("GET", url)
    await wire.close()


async def test_ask_does_not_wait_for_ever(monkeypatch):
    monkeypatch.setattr(wire, "SECONDS", 0.05)
    async with serve_answer(None) as (url, _):
        with pytest.raises(ProviderSlow):
            await wire.ask("GET", url)


@asynccontextmanager
async def serve_two():
    """Serve a provider that closes each connection at its second request; gives its address and the requests.

    Each request is the number of its connection, and its first line.
    """
    asked: list[tuple[int, str]] = []
    connections = 0

    async def serve(reader, writer):
        nonlocal connections
        number = connections
        connections += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            for turn in range(2):
                head = await reader.readuntil(b"\r\n\r\n")
                asked.append((number, head.split(b" HTTP", 1)[0].decode()))
                await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].split(b"\r")[0] or 0))
                if turn == 0:
                    writer.write(http(b"{}"))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", asked
    finally:
        server.close()
        await wire.close()


async def test_ask_asks_once_more_where_a_kept_connection_died():
    async with serve_two() as (url, asked):
        for _ in range(2):
            assert await wire.ask("GET", url) == (200, {})
    assert asked == [(0, "GET /"), (0, "GET /"), (1, "GET /")]


async def test_ask_redeems_a_code_over_a_connection_of_its_own_and_once():
    async with serve_two() as (url, asked):
        for _ in range(2):
            assert await wire.ask("POST", url, purpose="codes", form={"code": "x"}) == (200, {})
    assert asked == [(0, "POST /"), (1, "POST /")]
    async with serve_answer(b"") as (url, received):
        with pytest.raises(ProviderUnavailable):
            await wire.ask("POST", url, purpose="codes", form={"code": "x"})
    assert len(received) == 1


@pytest.mark.security
async def test_codes_that_wait_take_no_connection_of_what_else_is_asked(monkeypatch):
    monkeypatch.setattr(wire, "AT_ONCE", 2)
    async with serve_answer(None) as (hanging, received), serve_answer(http(b"{}")) as (url, _):
        junk = [asyncio.create_task(wire.ask("POST", hanging, purpose="codes", form={"code": "x"})) for _ in range(9)]
        await until(lambda: len(received) == 2)
        for purpose in ("description", "claims"):
            assert await wire.ask("GET", url, purpose=purpose) == (200, {})
        assert len(received) == 2
        for one in junk:
            one.cancel()
        await asyncio.gather(*junk, return_exceptions=True)
