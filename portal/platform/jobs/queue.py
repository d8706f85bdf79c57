"""The queue: `app` registers the tasks of each room's `tasks.py`, `defer` puts a job in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from procrastinate import App, PsycopgConnector
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from portal.platform.database import pool
from portal.platform.database.connection import LIMITS, PATIENCE
from portal.platform.database.lender import StandingPool

CLOCK = "select now() as now"
DEFER = "select jobs_defer(%s, %s)"
DEFER_AT = "select jobs_defer_at(%s, %s, %s)"


def _pool(**options: Any) -> AsyncConnectionPool[Any]:
    """Make a pool for the queue itself: jobs that hold connections must not block its heartbeat.

    Its connections have our deadlines, except the one that listens for notifications, where silence is normal.
    """
    options.pop("check", None)  # the pool checks connections without a round trip
    where = pool.address(options=LIMITS)
    return StandingPool(where, most=4, patience=PATIENCE, kwargs={"patience": PATIENCE}, **options)


# `@app.task(name="room.verb", retry=GrowingPauses())`; above that `@app.periodic(cron="...")` for periodic tasks. A
# task that runs more than once a day has no `retry`: a job that waits for a retry blocks all others of its lock.
app = App(connector=PsycopgConnector(pool_factory=_pool))


async def now_at(queue: App) -> datetime:
    """Give the moment by the queue's clock (UTC), which decides when a job is due; a worker's own may be ahead."""
    row = await queue.connector.execute_query_one_async(CLOCK)
    now: datetime = row["now"]
    return now


async def defer(conn: AsyncConnection[Any], task: str, **ids: UUID) -> None:
    """Put a job in with the caller's transaction: there is a job when it commits, and none when it does not.

    task: the name of a task. ids: its arguments, which it gets as text; nothing but ids may stand in the queue.
    """
    await conn.execute(DEFER, (task, _arguments(ids)))


async def defer_until(conn: AsyncConnection[Any], at: datetime, task: str, **ids: UUID) -> None:
    """Put a job in as `defer` does, not to be done before `at` (UTC), which is at most two days away."""
    await conn.execute(DEFER_AT, (task, _arguments(ids), at))


def _arguments(ids: Mapping[str, UUID]) -> Jsonb:
    return Jsonb({name: str(value) for name, value in ids.items()})
