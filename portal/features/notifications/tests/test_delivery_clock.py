"""By a clock that is in doubt no mail is too late, and no notice over: it waits."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from portal.features.notifications import deliveries, delivery_rules
from portal.features.notifications.preference_rules import Pace
from portal.features.notifications.tests.mailing import send_all, states, wants_all
from portal.features.notifications.tests.notifying import bundle, notify
from portal.platform.sweeping.errors import ClockDoubted
from tests.citizen import Citizen
from tests.inbox import Inbox, past_walls

pytestmark = pytest.mark.usefixtures("in_doubt")

LIES = "84651421235"
TRUSTED = "update sweeping_state set trusted_at = {}"


@pytest.fixture
def in_doubt() -> Iterator[None]:
    """Let the clock be in doubt: it was last certain a year ago."""
    past_walls(TRUSTED.format("now() - interval '365 days'"))
    yield
    past_walls(TRUSTED.format("null"))


async def test_mail_waits_where_the_clock_by_which_it_is_too_late_or_over_is_in_doubt(
    lies: Citizen, inbox: Inbox, as_worker
):
    await wants_all(lies.session.citizen_id)
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    await notify(bundle(LIES, TransactieId="over", Vervaldatum=soon))
    await notify(bundle(LIES))
    two_hours, two_days = (datetime.now(UTC) + ahead for ahead in (timedelta(hours=2), delivery_rules.GIVE_UP))
    (over, other) = [row[0] for row in past_walls("select id from notifications_delivery order by put_at")]
    async with as_worker():
        for delivery_id, ahead in ((over, two_hours), (over, two_days), (other, two_days)):
            with pytest.raises(ClockDoubted):
                await deliveries.send_one(delivery_id, ahead)
        assert states() == [("pending", None)] * 2
        # Once the clock is right again, both go. What is neither too late nor over asks nothing.
        await send_all()
    assert (states(), len(inbox.mails())) == ([("sent", None)] * 2, 2)


async def test_mail_of_the_day_waits_where_the_clock_is_in_doubt(lies: Citizen, inbox: Inbox, as_worker):
    await wants_all(lies.session.citizen_id, Pace.DAILY)
    await notify(bundle(LIES))
    async with as_worker():
        await send_all()
        later = datetime.now(UTC) + timedelta(days=1)
        past_walls("delete from procrastinate_jobs")
        await deliveries.gather(later)
        ((digest_id,),) = past_walls("select digest_id from notifications_delivery")
        with pytest.raises(ClockDoubted):
            await deliveries.send_digest(digest_id, later + delivery_rules.GIVE_UP)
        assert states() == [("digest", None)]
        await deliveries.send_digest(digest_id, later)
    assert (states(), len(inbox.mails())) == ([("sent", None)], 1)
