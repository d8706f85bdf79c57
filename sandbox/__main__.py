"""Run the town until SIGTERM or SIGINT."""

import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

import uvloop

from .serving import open_town
from .settings import Settings, SettingsError, read
from .state import build


def main() -> int:
    """Run the town; give the exit code: 0 after a signal, 1 when the town cannot start."""
    logging.basicConfig(level=logging.WARNING, format="sandbox: %(message)s")
    # aiohttp's log quotes requests that it could not read, which may hold somebody's data.
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)
    # pyHanko warns at each seal that it fetches no revocation data; `seals.sealing.evidence` hands it that data.
    logging.getLogger("pyhanko").setLevel(logging.ERROR)
    try:
        settings = read(os.environ, Path(__file__).resolve().parents[1])
        uvloop.run(_run(settings))
    except SettingsError as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return 1
    return 0


async def _run(settings: Settings) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with open_town(build(settings)):
        sys.stdout.write(
            f"sandbox: {settings.origin}, mutual TLS on port {settings.tls_port}, SMTP on {settings.smtp_port}\n"
        )
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    sys.exit(main())
