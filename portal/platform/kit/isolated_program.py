"""Run a program of our own on what somebody gave us, with no secret in reach, and stop it in time."""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path


async def run(program: Path, given: bytes, *, seconds: float) -> tuple[int, bytes]:
    """Give bytes to a Python file on its standard input; return its exit code and what it wrote.

    Without our environment, and isolated (-I): whoever breaks what runs there finds no key there. A program and not a
    thread, because a thread that takes too long cannot be ended. Raise TimeoutError after so many seconds.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(program),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        async with asyncio.timeout(seconds):
            made, _ = await process.communicate(given)
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return process.returncode or 0, made
