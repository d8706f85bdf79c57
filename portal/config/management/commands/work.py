"""`manage.py work`: do the jobs, in the role of the worker."""

import asyncio
import gc
import signal
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand

from portal.platform.database import commanding, pool
from portal.platform.jobs import worker
from portal.platform.keys import installation
from portal.platform.wire import calls


class Command(BaseCommand):
    """Do jobs until told to stop (SIGTERM, SIGINT)."""

    help = "Do jobs until told to stop. Needs DATABASE_URL_WORKER, KEYS_DATABASE_URL_WORKER and KEYS_FILE_WORKER."

    def handle(self, *args: Any, **options: Any) -> None:
        """Open the databases, check the keys and work until stopped; CommandError when one of these fails."""
        worker.register_tasks()
        with commanding.in_one_line("not started"):
            asyncio.run(_work())


async def _work() -> None:
    async with pool.open_pools(checked=True):
        try:
            await installation.verify("worker")
            # What exists now stays for good: jobs with many rows would have it searched for garbage again and again.
            gc.collect()
            gc.freeze()
            work = asyncio.create_task(worker.work())
            for stop_signal in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(stop_signal, work.cancel)
            with suppress(asyncio.CancelledError):
                await work
        finally:
            await calls.close()
