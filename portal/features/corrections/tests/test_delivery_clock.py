"""By a clock that is in doubt no report is too late, and a worker's own clock decides of none: it waits, or goes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

import pytest

from portal.features.corrections import actions
from portal.features.corrections.tests.test_delivery import NOW, Role, put, to_deliver, way
from portal.features.corrections.types import DeliveryProgress
from portal.platform.jobs.errors import GivenUp
from portal.platform.sweeping.errors import ClockDoubted
from tests.citizen import Citizen
from tests.desks import Desks
from tests.inbox import past_walls

TRUSTED = "update sweeping_state set trusted_at = {}"
APART = timedelta(days=2)


class AheadClock(datetime):
    """The clock of a worker that is two days ahead."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        """Give the time by it."""
        return datetime.now(tz) + APART


class BehindClock(datetime):
    """The clock of a worker that is two days behind."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        """Give the time by it."""
        return datetime.now(tz) - APART


@pytest.fixture
def in_doubt() -> Iterator[None]:
    """Let the clock be in doubt: it was last certain a year ago."""
    past_walls(TRUSTED.format("now() - interval '365 days'"))
    yield
    past_walls(TRUSTED.format("null"))


@pytest.mark.usefixtures("in_doubt")
async def test_report_waits_where_the_clock_by_which_it_is_too_late_is_in_doubt(
    lies: Citizen, town: Desks, as_worker: Role
) -> None:
    await put(lies)
    (report_id,) = to_deliver()
    async with as_worker():
        with pytest.raises(ClockDoubted):
            await actions.deliver(report_id, NOW + timedelta(days=2))
    assert (to_deliver(), await way(lies)) == ([report_id], DeliveryProgress.UNDER_WAY)
    async with as_worker():
        # What is not too late asks nothing.
        await actions.deliver(report_id, NOW)
    assert (len(town.reports()), to_deliver()) == (1, [])


async def test_worker_whose_clock_is_ahead_delivers_what_is_not_too_late(
    lies: Citizen, town: Desks, as_worker: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    await put(lies, now=now)
    monkeypatch.setattr(actions, "datetime", AheadClock)
    async with as_worker():
        await actions.deliver(*to_deliver())
    assert (len(town.reports()), await way(lies, now)) == (1, DeliveryProgress.DELIVERED)


async def test_worker_whose_clock_is_behind_delivers_nothing_that_its_page_calls_failed(
    lies: Citizen, town: Desks, as_worker: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    await put(lies, now=now - APART)
    assert await way(lies, now) is DeliveryProgress.FAILED
    monkeypatch.setattr(actions, "datetime", BehindClock)
    async with as_worker():
        with pytest.raises(GivenUp, match="too late to try"):
            await actions.deliver(*to_deliver())
    assert (town.reports(), to_deliver(), await way(lies, now)) == ([], [], DeliveryProgress.FAILED)
