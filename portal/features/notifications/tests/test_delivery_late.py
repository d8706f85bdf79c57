"""A mail that comes too late fails where its reader sees it, and only where it is still needed and wanted."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.features.notifications import deliveries, delivery_rules
from portal.features.notifications.preference_rules import Pace
from portal.features.notifications.tests.mailing import (
    hours_from_now,
    open_newest,
    send_all,
    send_digests,
    states,
    wants_all,
)
from portal.features.notifications.tests.notifying import bundle, notify
from portal.features.notifications.tests.test_deliveries import of_kortrijk
from portal.platform.jobs.errors import GivenUp
from tests.citizen import Citizen
from tests.inbox import Inbox, past_walls

pytestmark = pytest.mark.security

LIES = "84651421235"


async def test_mail_that_comes_too_late_fails_where_its_reader_sees_it(lies: Citizen, inbox: Inbox, as_worker):
    await wants_all(lies.session.citizen_id)
    await notify(bundle(LIES))
    await notify(bundle(LIES, TransactieId="iets anders"))
    (first, second) = [row[0] for row in past_walls("select id from notifications_delivery order by id")]
    later = datetime.now(UTC) + delivery_rules.GIVE_UP + timedelta(minutes=1)
    async with as_worker():
        with pytest.raises(GivenUp):
            await deliveries.send_one(first, later)
        assert await deliveries.give_up_overdue(later) == 0
        assert await deliveries.give_up_overdue(later + timedelta(hours=1)) == 1
        await deliveries.send_one(second)
    assert (states(), inbox.mails()) == ([("failed", "too late")] * 2, [])


async def test_mail_that_comes_too_late_and_that_nobody_wants_or_needs_any_more_did_not_fail(
    lies: Citizen, inbox: Inbox, as_worker
):
    later = datetime.now(UTC) + delivery_rules.GIVE_UP + timedelta(minutes=1)
    await notify(bundle(LIES))
    async with as_worker():
        await send_all(later)
    assert states() == [("not_needed", "nothing chosen")]
    past_walls("delete from procrastinate_jobs")
    await wants_all(lies.session.citizen_id)
    await notify(bundle(LIES, TransactieId="gelezen"))
    await open_newest(lies)
    async with as_worker():
        await send_all(later)
    assert (states()[1:], inbox.mails()) == ([("not_needed", "read")], [])


async def test_mail_of_the_day_goes_also_where_the_worker_that_gave_it_its_day_was_behind(
    lies: Citizen, inbox: Inbox, as_worker
):
    await wants_all(lies.session.citizen_id, Pace.DAILY)
    await notify(bundle(LIES))
    now, behind = datetime.now(UTC), timedelta(days=3)
    async with as_worker():
        await send_all(now - behind)
        await send_digests(now)
    assert (states(), len(inbox.mails())) == ([("sent", None)], 1)


async def test_mail_of_the_day_that_comes_too_late_fails_for_what_is_still_needed_alone(
    lies: Citizen, inbox: Inbox, as_worker
):
    await wants_all(lies.session.citizen_id, Pace.DAILY)
    for number in range(2):
        await notify(bundle(LIES, TransactieId=f"dossier {number}"))
    async with as_worker():
        await send_all()
    (due,) = past_walls("select distinct due_at from notifications_delivery")[0]
    await open_newest(lies)
    async with as_worker():
        await deliveries.gather(due)
        (digest_id,) = past_walls("select distinct digest_id from notifications_delivery")[0]
        with pytest.raises(GivenUp):
            await deliveries.send_digest(digest_id, due + delivery_rules.GIVE_UP)
    assert (sorted(states()), inbox.mails()) == ([("failed", "too late"), ("not_needed", "read")], [])


async def test_mail_of_a_service_that_this_worker_does_not_know_waits_and_holds_up_no_other(
    lies: Citizen, inbox: Inbox, as_worker, monkeypatch: pytest.MonkeyPatch
):
    """A worker may run with older manifests than the portal, from which a body's first notices came."""
    await wants_all(lies.session.citizen_id, Pace.DAILY)
    await notify(bundle(LIES))
    assert (await notify(of_kortrijk(), body="kortrijk")).status_code == 200
    by_name = deliveries.section.body
    with monkeypatch.context() as older:
        older.setattr(deliveries.section, "body", lambda name: None if name == "kortrijk" else by_name(name))
        async with as_worker():
            with pytest.raises(deliveries.ServiceUnknown):
                await send_all()
    assert {state for state, _why in states()} == {"digest", "pending"}
    async with as_worker():
        await send_all()
    (due,) = past_walls("select distinct due_at from notifications_delivery")[0]
    with monkeypatch.context() as older:
        older.setattr(deliveries.section, "body", lambda name: None if name == "kortrijk" else by_name(name))
        async with as_worker():
            with pytest.raises(deliveries.ServiceUnknown):
                await send_digests(due)
            assert (len(inbox.mails()), sorted(states())) == (1, [("digest", None), ("sent", None)])
            (digest_id,) = past_walls("select distinct digest_id from notifications_delivery")[0]
            with pytest.raises(deliveries.ServiceUnknown):
                await deliveries.send_digest(digest_id, due)
    async with as_worker():
        await deliveries.send_digest(digest_id, due)
    assert (len(inbox.mails()), states()) == (2, [("sent", None)] * 2)


async def test_mail_of_a_service_that_is_gone_ends_once_it_is_too_late(
    lies: Citizen, inbox: Inbox, as_worker, monkeypatch: pytest.MonkeyPatch
):
    await wants_all(lies.session.citizen_id)
    await notify(bundle(LIES))
    monkeypatch.setattr(deliveries.section, "body", lambda _name: None)
    async with as_worker():
        await send_all(datetime.now(UTC) + delivery_rules.GIVE_UP)
    assert (states(), inbox.mails()) == ([("not_needed", "service gone")], [])


async def test_mails_that_no_job_sent_did_not_fail_where_their_notice_was_read_or_is_over(
    lies: Citizen, inbox: Inbox, as_worker
):
    await notify(bundle(LIES, TransactieId="over", Vervaldatum=hours_from_now(40)))
    await notify(bundle(LIES, TransactieId="ongelezen"))
    await notify(bundle(LIES, TransactieId="gelezen"))
    await open_newest(lies)
    async with as_worker():
        assert await deliveries.give_up_overdue(datetime.now(UTC) + timedelta(days=3)) == 3
    assert states() == [("not_needed", "over"), ("failed", "too late"), ("not_needed", "read")]


async def test_mail_that_was_too_late_is_said_without_doubt_about_the_address(lies: Citizen, inbox: Inbox, as_worker):
    await notify(bundle(LIES))
    async with as_worker():
        await deliveries.give_up_overdue(datetime.now(UTC) + timedelta(days=3))
    page = await open_newest(lies)
    assert "stuurden wij geen mail: het lukte te lang niet." in page
    assert "Kijk na of uw adres nog klopt" not in page
