"""Make a PDF of a document, in a program of its own that holds no secret and can be stopped.

A program and not a thread: a thread that takes too long cannot be ended, and typst remembers what it has set.
"""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from portal.platform.kit.errors import PortalError

PROGRAM = Path(__file__).with_name("typeset_program.py")
SECONDS = 10.0
AT_ONCE = 2
PATIENCE = 3.0  # seconds that somebody waits for their turn
LARGEST = 512 * 1024  # bytes of a document as JSON: some 200 pages, more than the time allows
LARGEST_PDF = 16 * 1024 * 1024

_turn: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}


class PdfNotMade(PortalError):
    """The document could not be set: too long, too slow, or our own fault."""

    code = "pdf"


class PdfBusy(PortalError):
    """As many documents as we make at once are being made."""

    code = "pdf-busy"


async def typeset(document: dict[str, Any]) -> bytes:
    """Set a document as a tagged PDF/A-2a that is PDF/UA-1 too. Raise PdfBusy or PdfNotMade."""
    given = msgspec.json.encode(document)
    if len(given) > LARGEST:
        raise PdfNotMade("too long")
    turn = _turn.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
    try:
        await asyncio.wait_for(turn.acquire(), PATIENCE)
    except TimeoutError:
        raise PdfBusy from None
    try:
        return await _made(given)
    finally:
        turn.release()


async def _made(given: bytes) -> bytes:
    # Without our environment, and isolated (-I): what is in a document finds no key there.
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(PROGRAM),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        async with asyncio.timeout(SECONDS):
            made, _ = await process.communicate(given)
    except TimeoutError:
        raise PdfNotMade("too slow") from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode or not made or len(made) > LARGEST_PDF:
        raise PdfNotMade(f"exit code {process.returncode}")
    return made
