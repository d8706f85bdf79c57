"""Answers of every shape, and an exchange that sends bytes in pieces and gives what the connection makes of them."""

import asyncio
import contextlib
import socket
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from portal.platform.wire.connection import HttpConnection, Response
from portal.platform.wire.errors import WireError
from tests.waiting import PATIENCE

LINE = b"HTTP/1.1 200 OK\r\n"
TYPE = b"Content-Type: text/xml\r\n"
CHUNKED = LINE + b"Transfer-Encoding: chunked\r\n\r\n"
NEXT = LINE + b"Content-Length: 10\r\nX-Own: next\r\n\r\nthe second"
LARGEST = 1000

# The bytes of each answer, and its body; the answers of ENDING end with their connection.
WHOLE = {
    "length": (LINE + TYPE + b"Content-Length: 5\r\n\r\nhello", b"hello"),
    "no body": (LINE + b"Content-Length: 0\r\n\r\n", b""),
    "chunks": (CHUNKED + b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", b"hello"),
    "extensions": (CHUNKED + b'5;a=1;b="x;y"\r\nhello\r\n0;z\r\n\r\n', b"hello"),
    "trailers": (CHUNKED + b"5\r\nhello\r\n0\r\nContent-Type: of/trailer\r\nX-Sum: 1\r\n\r\n", b"hello"),
    "capitals": (LINE + b"TRANSFER-ENCODING: Chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n", b"0123456789"),
    "interim": (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n" + NEXT, b"the second"),
    "204": (b"HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n", b""),
    "error": (b"HTTP/1.1 503 \r\nContent-Length: 4\r\nRetry-After: 1\r\n\r\nbusy", b"busy"),
    "no reason": (b"HTTP/1.1 200\r\nContent-Length: 1\r\n\r\n.", b"."),
    "old and kept": (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", b"ok"),
}
ENDING = {
    "until the end": (LINE + TYPE + b"\r\nhello", b"hello"),
    "old": (b"HTTP/1.0 200 OK\r\n\r\nhello", b"hello"),
    "farewell": (LINE + b"Connection: close\r\nContent-Length: 5\r\n\r\nhello", b"hello"),
}


class Exchange(NamedTuple):
    """The outcome of a question, and of the next one over the same connection; None if the connection is not free."""

    outcome: Response | WireError
    next: Response | WireError | None


async def exchange(
    pieces: Iterable[bytes],
    *,
    ends: bool = False,
    largest: int = LARGEST,
    expected: Sequence[int] | None = None,
    is_head: bool = False,
) -> Exchange:
    """Ask a question that is answered by these bytes, and another, answered by `NEXT`, if the connection is free.

    ends: close the connection after the bytes; it is closed too when the answer is not complete by then. Raises
    TimeoutError where the exchange hangs.
    """
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(HttpConnection, sock=ours)
    try:
        asked = asyncio.create_task(connection.ask(b"question", largest=largest, expected=expected, is_head=is_head))
        async with asyncio.timeout(PATIENCE):
            # A socket that is closed with bytes unread sends a reset instead of an end.
            await loop.sock_recv(theirs, 1000)
            with contextlib.suppress(ConnectionError):
                for piece in pieces:
                    await loop.sock_sendall(theirs, piece)
                    await _turns()
            if ends or not asked.done():
                theirs.close()
            outcome = await _outcome(asked)
            await _turns()
            if not (connection.is_free and connection.is_quiet):
                return Exchange(outcome, None)
            asked = asyncio.create_task(connection.ask(b"question", largest=largest))
            await loop.sock_recv(theirs, 1000)
            await loop.sock_sendall(theirs, NEXT)
            return Exchange(outcome, await _outcome(asked))
    finally:
        connection.abort()
        theirs.close()
        await _turns()


async def _outcome(asked: asyncio.Task[Response]) -> Response | WireError:
    try:
        return await asked
    except WireError as error:
        return error


async def _turns() -> None:
    """Let the loop read what has arrived, and wake the tasks that wait for it."""
    for _ in range(4):
        await asyncio.sleep(0)


def cut(data: bytes, places: Iterable[int]) -> list[bytes]:
    """Cut bytes at these places."""
    ends = sorted({place % (len(data) + 1) for place in places} | {len(data)})
    return [data[start:end] for start, end in zip([0, *ends], ends, strict=False) if end > start]
