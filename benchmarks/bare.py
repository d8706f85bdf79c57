"""The floor of an overview: a bare fetch of each of its questions, and a parse of each answer. Uses no code of ours.

    python -m benchmarks.bare     reads one line of JSON, then numbers

The line holds `ca`, `certificate` and `key` (paths), and `questions`: an address, headers and a body (text) each, and
whether the answer `is_json`. A number is how many rounds of all questions to make, one round after another, its
questions at once, over kept connections; the answer is the seconds of processor by the kernel's clock that they took.
`loop` instead of a number answers the seconds of a loop of plain Python, which shows another interpreter or a busier
machine.
"""

import asyncio
import json
import ssl
import sys
import time
from typing import Any

import aiohttp
import msgspec
import uvloop
from lxml import etree

LOOPS = 1_000_000  # steps of the plain loop


def plain_loop() -> float:
    """Add up numbers; return the seconds of processor."""
    started = time.process_time()
    total = 0
    for number in range(LOOPS):
        total += number % 7
    return time.process_time() - started


async def fetch(session: aiohttp.ClientSession, question: dict[str, Any]) -> object:
    """Ask one question and parse the answer; raises what aiohttp and the parsers raise."""
    async with session.post(question["address"], data=question["body"], headers=question["headers"]) as response:
        response.raise_for_status()
        data = await response.read()
    return msgspec.json.decode(data) if question["is_json"] else etree.fromstring(data)


async def rounds(count: int, session: aiohttp.ClientSession, questions: list[dict[str, Any]]) -> float:
    """Make so many rounds; return the seconds of processor."""
    started = time.process_time()
    for _ in range(count):
        await asyncio.gather(*(fetch(session, question) for question in questions))
    return time.process_time() - started


async def serve() -> None:
    """Read the questions, then answer each line of the input, until its end."""
    setup = json.loads(sys.stdin.readline())
    for question in setup["questions"]:
        question["body"] = question["body"].encode()
    tls = ssl.create_default_context(cafile=setup["ca"])
    tls.load_cert_chain(setup["certificate"], setup["key"])
    connector = aiohttp.TCPConnector(limit=0, ssl=tls, keepalive_timeout=60)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
        # Reading blocks the event loop: this process has nothing else to do.
        for line in sys.stdin:
            used = plain_loop() if line.strip() == "loop" else await rounds(int(line), session, setup["questions"])
            sys.stdout.write(json.dumps(used) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve())
