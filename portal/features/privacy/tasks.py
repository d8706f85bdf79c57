"""The jobs of privacy."""

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


@app.periodic(cron="29 4 * * *")
@app.task(name="privacy.retire", queueing_lock="privacy.retire", retry=GrowingPauses())
async def retire(timestamp: int) -> None:
    """Tell, each night, who was not here for almost two years, and take away what is over."""
    due = await clock.verify(timestamp)
    # A job that waited is of an earlier day: whoever is told has a month from the day on which that really is.
    now = datetime.now(UTC)
    await visits.begin_for_others(day_here(now))
    await visits.begin_anew(day_here(due))
    await announcing.announce(now)
    await actions.retire(due)


class WhileItRuns(GrowingPauses):
    """Try after growing pauses for as long as there is something to forward; the job itself ends it."""

    def pause_after(self, failures: int) -> int | None:
        """Say how many seconds to wait after this many failures (one or more)."""
        return rules.pause_after(failures)


@app.task(name=rights.FORWARD, retry=WhileItRuns())
async def forward(request_id: str) -> None:
    """Forward one request about somebody's rights."""
    await forwarding.forward(UUID(request_id))


@app.task(name=rights.TO_CENTRE, retry=WhileItRuns())
async def forward_to_centre(request_id: str) -> None:
    """Forward one that the mailbox of our own desk gave back."""
    await forwarding.forward(UUID(request_id), centre_first=True)


@app.periodic(cron="17 6 * * *")
@app.task(name="privacy.warn", queueing_lock="privacy.warn", retry=GrowingPauses())
async def warn(timestamp: int) -> None:
    """Warn the desk of terms that end within a week."""
    await forwarding.warn(datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="13 5 * * *")
@app.task(name="privacy.expire", queueing_lock="privacy.expire", retry=GrowingPauses())
async def expire(timestamp: int) -> None:
    """Take away requests that ended two years ago, and what need not be sent again."""
    now = await clock.verify(timestamp)
    await forwarding.drop_certain(now)
    await rights.expire(rules.kept_from(now))
