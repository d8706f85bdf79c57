"""Send an answer as a connection out of order does: cut off, byte by byte, with 50 MB of spaces, or not as HTTP."""

import asyncio
import os
import socket
import struct
from collections.abc import Iterable
from contextlib import suppress

from aiohttp import web

from .switches import Switch

HUGE_BYTES = 50_000_000
_PIECE = b" " * 65_536
# A TLS record with the fatal alert handshake_failure, unencrypted where only encrypted records may come.
_ALERT = bytes((21, 3, 3, 0, 2, 2, 40))
# Seconds that queued bytes get to leave before a reset, which would discard them.
_LEAVING_S = 0.02


async def send_half_and_reset(request: web.Request, good: web.Response) -> web.StreamResponse:
    """Send the headers and half of the body, then reset the TCP connection."""
    body = bytes_of(good)
    response = await _open(request, good, len(body))
    await response.write(body[: len(body) // 2])
    await asyncio.sleep(_LEAVING_S)
    reset(request)
    return response


async def send_half_and_end(
    request: web.Request, good: web.Response, pieces: Iterable[bytes], length: int
) -> web.StreamResponse:
    """Send the headers and half of a body of `length` bytes that comes in pieces, then close in an orderly way."""
    response = await _open(request, good, length)
    remaining = length // 2
    for piece in pieces:
        await response.write(piece[:remaining])
        remaining -= len(piece)
        if remaining <= 0:
            break
    await asyncio.sleep(_LEAVING_S)
    if request.transport is not None:
        request.transport.close()
    return response


async def send_dripping(
    request: web.Request, good: web.Response, switch: Switch, pause_s: float
) -> web.StreamResponse:
    """Send one byte every `pause_s` seconds; drop the connection when the switch's mode changes meanwhile."""
    body = bytes_of(good)
    response = await _open(request, good, len(body))
    change = asyncio.create_task(switch.wait_for_change())
    try:
        for byte in body:
            await response.write(bytes((byte,)))
            await asyncio.wait([change], timeout=pause_s)
            if change.done():
                drop(request)
                break
    finally:
        change.cancel()
    return response


async def send_huge(request: web.Request, good: web.Response, at: int) -> web.StreamResponse:
    """Send the body with 50 MB of spaces inserted at the offset `at`, where they change nothing."""
    body = bytes_of(good)
    response = await _open(request, good, len(body) + HUGE_BYTES)
    await response.write(body[:at])
    remaining = HUGE_BYTES
    while remaining:
        piece = _PIECE[:remaining]
        await response.write(piece)
        remaining -= len(piece)
    await response.write(body[at:])
    return response


def break_tls(request: web.Request) -> None:
    """End the TLS session with an unencrypted alert, before any HTTP answer; without TLS, reset the connection."""
    if request.transport is not None and request.transport.get_extra_info("ssl_object") is not None:
        with _socket(request) as raw, suppress(OSError):
            raw.send(_ALERT)
        drop(request)
    else:
        reset(request)


def reset(request: web.Request) -> None:
    """Close so that the other side gets a TCP reset instead of an orderly end."""
    if request.transport is not None:
        with _socket(request) as raw:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        drop(request)


def drop(request: web.Request) -> None:
    """Close the connection at once."""
    if request.transport is not None:
        request.transport.abort()


def bytes_of(good: web.Response) -> bytes:
    """Give the body of a response as bytes; empty when it has none, or one that is made while it is sent.

    So the faults here cut no file that is made so (`ebox.letters.Enclosure`): of those, mode `broken_off` does.
    """
    return good.body if isinstance(good.body, bytes) else b""


async def _open(request: web.Request, good: web.Response, length: int) -> web.StreamResponse:
    response = web.StreamResponse(status=good.status, headers=good.headers)
    response.content_length = length
    await response.prepare(request)
    return response


def _socket(request: web.Request) -> socket.socket:
    """Duplicate the connection's socket, to write below TLS; the caller closes it."""
    assert request.transport is not None  # noqa: S101 - the callers checked it
    return socket.socket(fileno=os.dup(request.transport.get_extra_info("socket").fileno()))
