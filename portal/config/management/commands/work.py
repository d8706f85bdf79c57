"""`manage.py work`: do the jobs, in the role of the worker."""

import asyncio
import signal
from contextlib import suppress
from typing import Any

import psycopg
import psycopg_pool
from django.core.management.base import BaseCommand, CommandError

from portal.platform.database import pool
from portal.platform.jobs import worker
from portal.platform.keys import installation
from portal.platform.kit.errors import PortalError
from portal.platform.wire import calls


class Command(BaseCommand):
    """Do jobs until told to stop (SIGTERM, SIGINT)."""

    help = "Do jobs until told to stop. Needs DATABASE_URL_WORKER, KEYS_DATABASE_URL_WORKER and KEYS_FILE_WORKER."

    def handle(self, *args: Any, **options: Any) -> None:
        """Open the databases, check the keys and work until stopped; CommandError when one of these fails."""
        worker.learn_tasks()
        try:
            asyncio.run(_work())
        except (PortalError, psycopg.Error, psycopg_pool.PoolTimeout) as error:
            raise CommandError(f"not started: {error}") from None


async def _work() -> None:
    await pool.open_pool(checked=True)
    await pool.open_pool(pool.KEYS, checked=True)
    try:
        await installation.verify("worker")
        work = asyncio.create_task(worker.work())
        for stop_signal in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(stop_signal, work.cancel)
        with suppress(asyncio.CancelledError):
            await work
    finally:
        await calls.close()
        await pool.close_pools()
