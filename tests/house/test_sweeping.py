"""Every job that comes round by itself and takes something away asks first whether the clock is right."""

import time
from inspect import signature
from types import MappingProxyType

import pytest

from portal.platform.jobs import worker
from portal.platform.jobs.queue import app
from portal.platform.sweeping.errors import ClockDoubted

YEAR_S = 365 * 86_400
# What goes by no age of anything.
TAKES_NOTHING_AWAY = MappingProxyType(
    {
        "access.repeat_erasures": "goes by which keys were erased",
        "jobs.resume": "begins the jobs of dead workers again",
        "journal.seal": "only adds",
        "mailbox.end_links": "goes by what the register says",
        "privacy.warn": "tells our desk of terms that end",
    }
)


def periodic() -> list[str]:
    worker.register_tasks()
    return sorted({task.task.name for task in app.periodic_registry.periodic_tasks.values()})


@pytest.mark.parametrize("name", [name for name in periodic() if name not in TAKES_NOTHING_AWAY])
async def test_job_takes_nothing_away_by_a_clock_that_is_a_year_ahead(name: str, as_worker):
    task = app.tasks[name].func
    given = {"context": None} if "context" in signature(task).parameters else {}
    async with as_worker():
        with pytest.raises(ClockDoubted):
            await task(**given, timestamp=int(time.time()) + YEAR_S)


def test_jobs_that_take_nothing_away_are_jobs():
    assert set(TAKES_NOTHING_AWAY) <= set(periodic())
