"""Answers on the wire: however they are damaged and cut, one thing is read of them, and never as another's answer."""

import asyncio
import random
from functools import cache

import uvloop

from portal.platform.wire.connection import Response
from portal.platform.wire.errors import WireError
from portal.platform.wire.tests.answers import ENDING, NEXT, WHOLE, cut, exchange

from . import damage
from .case import Case, any_of

# What framing is made of, and what was taken for it elsewhere.
PIECES = [
    b"\r\n",
    b"\n",
    b"\r",
    b" ",
    b"\t",
    b"\0",
    b";",
    b":",
    b"0\r\n\r\n",
    b"Content-Length: 3\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: identity\r\n",
    b"Connection: close\r\n",
    b"Connection: keep-alive\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.1 204 No Content\r\n\r\n",
    b"HTTP/1.0",
    b"fffffffff",
    b"-",
    NEXT,
]


def cases() -> list[Case]:
    """List an answer of every shape."""
    own = any_of(_harm_framing, _harm_framing, damage.harm_bytes)
    return [Case(name, data, own, _check) for name, (data, _) in (WHOLE | ENDING).items()]


def _harm_framing(data: bytes, chance: random.Random) -> bytes:
    """Put pieces of framing in, or in the place of others."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(data) + 1)
        data = data[:at] + chance.choice(PIECES) + data[at + chance.choice((0, 0, 1, 2, 8)) :]
    return data


def _check(data: bytes) -> None:
    chance = random.Random(data)
    pieces = cut(data, [chance.randrange(1000) for _ in range(chance.randrange(8))])
    # By the loop of the worker, beside which the room's own tests have asyncio's.
    whole, cut_up = _runner().run(_both(data, pieces))
    assert _what(whole.outcome) == _what(cut_up.outcome)
    for came in (whole, cut_up):
        if came.next is not None:
            assert came.next == Response(200, {"content-length": "10", "x-own": "next"}, b"the second")


async def _both(data: bytes, pieces: list[bytes]) -> tuple:
    return await exchange([data]), await exchange(pieces)


def _what(outcome: Response | WireError) -> object:
    return outcome if isinstance(outcome, Response) else type(outcome)


@cache
def _runner() -> asyncio.Runner:
    return asyncio.Runner(loop_factory=uvloop.new_event_loop)
