"""The jobs of privacy."""

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

from portal.platform.jobs.queue import app
from portal.platform.jobs.retries import GrowingPauses
from portal.platform.language.dates import day_here
from portal.platform.sweeping import clock

from . import actions
from .retention import announcing, visits
from .rights import actions as rights
from .rights import forwarding, rules

log = logging.getLogger("portal.privacy")


@app.periodic(cron="29 4 * * *")
@app.task(name="privacy.retire", queueing_lock="privacy.retire", retry=GrowingPauses())
async def retire(timestamp: int) -> None:
    """Each night, announce to citizens that what they gave us goes, and delete what is due (`retention`).

    A step that fails keeps the others from nothing; the job fails then, after all of them.
    """
    due = await clock.verify(timestamp)
    # A job that waited has an earlier `due`: the month of an announcement runs from when it is really made.
    now = datetime.now(UTC)
    steps: tuple[tuple[str, Callable[[], Awaitable[object]]], ...] = (
        ("begin for others", lambda: visits.begin_for_others(day_here(now))),
        ("begin anew", lambda: visits.begin_anew(day_here(due))),
        ("announce", lambda: announcing.announce(now)),
        ("retire", lambda: actions.retire(due)),
    )
    failures: list[Exception] = []
    for name, step in steps:
        try:
            await step()
        except Exception as error:  # Whatever failed: the job does what else it can, and is tried again.
            log.error("retention, %s: %s", name, type(error).__name__)
            failures.append(error)
    if failures:
        raise failures[0]


class ForwardPauses(GrowingPauses):
    """The pauses of forwarding, without a last try: the job itself ends when there is nothing to forward any more."""

    def pause_after(self, failures: int) -> int | None:
        """Say how many seconds to wait after this many failures (one or more)."""
        return rules.pause_after(failures)


@app.task(name=rights.FORWARD, retry=ForwardPauses())
async def forward(request_id: str) -> None:
    """Make one try to forward a request."""
    await forwarding.forward(UUID(request_id))


@app.task(name=rights.TO_CENTRE, retry=ForwardPauses())
async def forward_to_centre(request_id: str) -> None:
    """Make one try to forward a request that the mailbox of our own desk gave back."""
    await forwarding.forward(UUID(request_id), centre_first=True)


@app.periodic(cron="17 6 * * *")
@app.task(name="privacy.warn", queueing_lock="privacy.warn", retry=GrowingPauses())
async def warn(timestamp: int) -> None:
    """Each day, warn the desk of terms that end within a week."""
    await forwarding.warn(datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="13 5 * * *")
@app.task(name="privacy.expire", queueing_lock="privacy.expire", retry=GrowingPauses())
async def expire(timestamp: int) -> None:
    """Each night, delete requests that ended two years ago, and errands that need not be sent again."""
    now = await clock.verify(timestamp)
    await forwarding.drop_certain(now)
    await rights.expire(rules.kept_from(now))
