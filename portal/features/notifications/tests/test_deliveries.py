"""Mail about notices: at once or once a day, only while it is needed and wanted, and never twice."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from portal.features.notifications import actions, deliveries, delivery_rules, errands, preference_actions
from portal.features.notifications import preference_rules as rules
from portal.features.notifications import queries as notices
from portal.features.notifications.preference_rules import Pace
from portal.features.notifications.tests import mailing
from portal.features.notifications.tests.mailing import (
    ADDRESS,
    hours_from_now,
    occasion,
    open_newest,
    send_all,
    send_digests,
    states,
    wants_all,
)
from portal.features.notifications.tests.notifying import URI, bundle, notify
from portal.features.profile import emails
from portal.features.profile.types import OTHER_EMAIL
from portal.platform.database import pool
from portal.platform.jobs.errors import GivenUp, TryLater
from portal.platform.keys import pseudonym
from tests.citizen import Citizen
from tests.inbox import Inbox, past_walls
from tests.journal_entries import entries_of

pytestmark = pytest.mark.security

LIES = "84651421235"
OPERATIONS = Path(__file__).parents[4] / "docs" / "operations.md"


def of_kortrijk() -> dict[str, object]:
    return bundle(LIES, AanbiederUri="urn:x-modelstad:kortrijk", ProductId="30101", TransactieId="van de stad")


async def test_one_mail_says_body_and_service_and_nothing_else(lies: Citizen, inbox: Inbox, as_worker):
    await wants_all(lies.session.citizen_id)
    await notify(bundle(LIES))
    async with as_worker():
        await send_all()
        await send_all()
    (mail,) = inbox.mails()
    assert mail["recipients"] == [ADDRESS]
    assert "Waarover: School- en studietoelagen" in mail["text"]
    assert "Van: " in mail["text"]
    said = mail["text"] + str(mail["headers"])
    assert [word for word in ("2026-77", "InBehandeling", "Behandeling", LIES, URI) if word in said] == []
    # The advice against phishing names two places, as in every mail of ours.
    assert re.findall(r"https?:|/brievenbus", mail["text"]) == []
    assert states() == [("sent", None)]
    assert past_walls("select sealed from notifications_delivery") == [(None,)]
    page = await open_newest(lies)
    assert "Mails hierover" in page
    assert "Verstuurd op" in page
    asked = {use.activity.dataset for entry in await entries_of(lies.session.citizen_id) for use in entry.uses}
    assert {"preferences", "email"} <= asked


async def test_mail_and_notice_are_one_transaction_and_a_silent_one_has_none(lies: Citizen, inbox: Inbox):
    one = bundle(LIES)
    for content in (one, one, one | {"ProductId": "686"}, bundle(LIES, Kanalen=[])):
        await notify(content)
    assert past_walls("select count(*) from notifications_notice") == [(2,)]
    assert past_walls("select task_name from procrastinate_jobs") == [("notifications.tell",)]
    assert states()[0] == ("pending", None)
    assert len(states()) == 1


async def test_who_never_came_takes_the_same_work_and_gets_no_mail(inbox: Inbox, as_worker):
    await notify(bundle("71690999827"))
    async with as_worker():
        await send_all()
    assert (states(), inbox.mails()) == ([("not_needed", "nothing chosen")], [])


async def test_what_was_read_before_the_mail_left_is_not_mailed(lies: Citizen, inbox: Inbox, as_worker):
    await wants_all(lies.session.citizen_id)
    await notify(bundle(LIES))
    await open_newest(lies)
    async with as_worker():
        await send_all()
    assert (states(), inbox.mails()) == ([("not_needed", "read")], [])


async def test_several_changes_of_one_dossier_are_one_mail_and_a_late_one_is_none(
    lies: Citizen, inbox: Inbox, as_worker
):
    await wants_all(lies.session.citizen_id)
    for hours in (-3, -1, -2):
        await notify(bundle(LIES, DatumNotificatie=hours_from_now(hours)))
    async with as_worker():
        await send_all()
    assert states() == [("not_needed", "superseded"), ("sent", None), ("not_needed", "superseded")]
    assert len(inbox.mails()) == 1


async def test_change_of_a_service_without_mails_takes_the_place_of_no_mail_that_is_wanted(
    lies: Citizen, inbox: Inbox, as_worker
):
    citizen_id = lies.session.citizen_id
    wish = {"kortrijk/30101": await mailing.gives(citizen_id)}
    await preference_actions.choose(occasion(citizen_id), rules.for_each(wish, Pace.AT_ONCE))
    for hours, product in ((-4, "30101"), (-3, "30101"), (-2, "30102")):
        sent = of_kortrijk() | {"DatumNotificatie": hours_from_now(hours), "ProductId": product}
        assert (await notify(sent, body="kortrijk")).status_code == 200
    async with as_worker():
        await send_all()
    assert states() == [("not_needed", "superseded"), ("sent", None), ("not_needed", "not this service")]
    assert len(inbox.mails()) == 1


async def test_whoever_turned_it_off_meanwhile_is_not_mailed(lies: Citizen, inbox: Inbox, as_worker):
    await wants_all(lies.session.citizen_id)
    await notify(bundle(LIES))
    inbox.fails("temporary")
    async with as_worker():
        with pytest.raises(TryLater):
            await send_all()
    await preference_actions.withdraw(occasion(lies.session.citizen_id))
    inbox.clear()
    async with as_worker():
        await send_all()
    assert (states(), inbox.mails()) == ([("not_needed", "nothing chosen")], [])


async def test_removed_address_gets_nothing_and_no_other_does_either(lies: Citizen, inbox: Inbox, as_worker):
    citizen_id = lies.session.citizen_id
    await mailing.gives(citizen_id)
    other = await mailing.gives(citizen_id, "work@example.org", OTHER_EMAIL)
    await preference_actions.choose(occasion(citizen_id), rules.for_all(other, Pace.AT_ONCE))
    await notify(bundle(LIES))
    await emails.remove_other(occasion(citizen_id), other)
    async with as_worker():
        await send_all()
    assert (states(), inbox.mails()) == ([("not_needed", "address gone")], [])
    assert "staat niet meer in uw profiel" in await open_newest(lies)


async def test_changed_address_gets_what_waited_and_the_old_one_does_not(lies: Citizen, inbox: Inbox, as_worker):
    citizen_id = lies.session.citizen_id
    await wants_all(citizen_id)
    await notify(bundle(LIES))
    waiting = past_walls("select id from notifications_delivery")[0][0]
    await mailing.gives(citizen_id, "nieuw@example.org")
    async with as_worker():
        await deliveries.send_one(waiting)
    assert [mail["recipients"] for mail in inbox.mails()] == [["nieuw@example.org"]]


async def test_refused_mail_fails_where_its_reader_sees_it(lies: Citizen, inbox: Inbox, as_worker):
    await wants_all(lies.session.citizen_id)
    await notify(bundle(LIES))
    inbox.fails("permanent")
    async with as_worker():
        with pytest.raises(GivenUp):
            await send_all()
    assert states() == [("failed", "refused")]
    page = await open_newest(lies)
    assert "konden wij u geen mail bezorgen" in page
    assert "Verstuurd op" not in page


async def test_mail_of_the_day_counts_by_service_and_comes_once(lies: Citizen, inbox: Inbox, as_worker):
    await wants_all(lies.session.citizen_id, Pace.DAILY)
    for number, product in enumerate(("685", "685", "685")):
        await notify(bundle(LIES, ProductId=product, TransactieId=f"dossier {number}"))
    async with as_worker():
        await send_all()
        assert {state for state, _ in states()} == {"digest"}
        (due,) = past_walls("select distinct due_at from notifications_delivery")[0]
        assert await send_digests(due - timedelta(seconds=1)) == 0
    await open_newest(lies)
    async with as_worker():
        assert await send_digests(due) == 1
        assert await send_digests(due + timedelta(minutes=5)) == 0
    (mail,) = inbox.mails()
    assert re.search(r"^School- en studietoelagen \(.+\): 2$", mail["text"], re.MULTILINE)
    assert sorted(states()) == [("not_needed", "read"), ("sent", None), ("sent", None)]


async def test_mail_of_the_day_that_was_cut_off_goes_on_with_the_addresses_left(
    lies: Citizen, inbox: Inbox, as_worker
):
    await wants_all(lies.session.citizen_id, Pace.DAILY)
    await notify(bundle(LIES))
    async with as_worker():
        await send_all()
        (due,) = past_walls("select due_at from notifications_delivery")[0]
        inbox.fails("reset")
        with pytest.raises(TryLater):
            await send_digests(due)
        inbox.fails("ok")
        (digest_id,) = past_walls("select digest_id from notifications_delivery")[0]
        await deliveries.send_digest(digest_id, due)
        await deliveries.send_digest(digest_id, due)
    ids = [dict(mail["headers"])["Message-ID"] for mail in inbox.mails()]
    # What the mail server took without saying so came twice, as one mail.
    assert (len(ids), len(set(ids))) == (2, 1)
    assert states() == [("sent", None)]


async def test_address_that_is_removed_while_the_mail_of_the_day_is_on_its_way_gets_none(
    lies: Citizen, inbox: Inbox, as_worker, monkeypatch: pytest.MonkeyPatch
):
    citizen_id = lies.session.citizen_id
    ids = {ADDRESS: await mailing.gives(citizen_id)}
    ids["work@example.org"] = await mailing.gives(citizen_id, "work@example.org", OTHER_EMAIL)
    wish = rules.for_each({"ahovoks/685": ids[ADDRESS], "kortrijk/30101": ids["work@example.org"]}, Pace.DAILY)
    await preference_actions.choose(occasion(citizen_id), wish)
    await notify(bundle(LIES))
    assert (await notify(of_kortrijk(), body="kortrijk")).status_code == 200
    hand_over = deliveries.mail.send_now

    async def hand_over_and_remove(*given):
        await hand_over(*given)
        past_walls("delete from profile_email where citizen_id = %s", citizen_id)

    monkeypatch.setattr(deliveries.mail, "send_now", hand_over_and_remove)
    async with as_worker():
        await send_all()
        await send_digests(datetime.now(UTC) + timedelta(days=1))
    assert [mail["recipients"] for mail in inbox.mails()] == [[ADDRESS]]
    assert sorted(states()) == [("not_needed", "address gone"), ("sent", None)]


async def test_mail_of_the_day_asks_once_about_a_service(lies: Citizen, inbox: Inbox, as_worker):
    await wants_all(lies.session.citizen_id, Pace.DAILY)
    for number in range(3):
        await notify(bundle(LIES, TransactieId=f"dossier {number}"))

    async def count_of_questions() -> int:
        # Tests before this one left entries too.
        entries = await entries_of(lies.session.citizen_id, most=10_000)
        return [entry.name for entry in entries].count("ask whether a mail is wanted")

    async with as_worker():
        await send_all()
        before = await count_of_questions()
        await send_digests(datetime.now(UTC) + timedelta(days=1))
    assert (await count_of_questions() - before, len(inbox.mails())) == (1, 1)


async def test_mails_of_the_day_are_put_in_by_parts(inbox: Inbox, as_worker, monkeypatch: pytest.MonkeyPatch):
    people = [LIES, "71690999827", "66643025104"]
    for one in people:
        await wants_all(await pseudonym.citizen_id(one), Pace.DAILY)
    for one in people:
        await notify(bundle(one))
    monkeypatch.setattr(deliveries, "PART", 2)
    async with as_worker():
        await send_all()
        later = datetime.now(UTC) + timedelta(days=1)
        async with pool.transaction() as conn:
            assert await (await conn.execute(deliveries.GATHER, (later, 2))).fetchone() == (2,)
        assert await send_digests(later) == 1
        # Of the others no job was left to do here, and they fail where their readers see it.
        assert await deliveries.give_up_overdue(later + timedelta(days=3)) == 2
    assert sorted(states()) == [("failed", "too late")] * 2 + [("sent", None)]


async def test_operators_count_mails_by_what_became_of_them_and_how_long_the_oldest_waits(
    lies: Citizen, inbox: Inbox, as_worker
):
    """By the statements of docs/operations.md, in the role that they name."""
    by_state, waiting = re.findall(
        r"`(select state, [^`]+ from notifications_delivery [^`]+)`", OPERATIONS.read_text()
    )
    await wants_all(lies.session.citizen_id)
    await notify(bundle(LIES))
    async with as_worker():
        await send_all()
    await notify(bundle(LIES, TransactieId="iets anders"))
    await notify(bundle(LIES, TransactieId="nog iets"))
    (oldest,) = past_walls("select min(put_at) from notifications_delivery where state = 'pending'")[0]
    async with as_worker(), pool.connection() as conn:
        counted = await (await conn.execute(by_state.encode())).fetchall()
        assert sorted(counted) == [("pending", None, 2), ("sent", None, 1)]
        assert await (await conn.execute(waiting.encode())).fetchall() == [("pending", 2, oldest)]


async def test_notice_whose_term_is_over_is_not_mailed_though_it_is_not_swept_yet(
    lies: Citizen, inbox: Inbox, as_worker
):
    await wants_all(lies.session.citizen_id)
    await notify(bundle(LIES, Vervaldatum=hours_from_now(1)))
    async with as_worker():
        await send_all(datetime.now(UTC) + timedelta(hours=2))
    assert (states(), inbox.mails()) == ([("not_needed", "over")], [])


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-07-01T15:58:59+00:00", "2026-07-01T16:00:00+00:00"),
        ("2026-07-01T15:59:00+00:00", "2026-07-02T16:00:00+00:00"),
        ("2026-12-01T16:58:59+00:00", "2026-12-01T17:00:00+00:00"),
        ("2026-03-28T20:00:00+00:00", "2026-03-29T16:00:00+00:00"),
        ("2026-10-24T20:00:00+00:00", "2026-10-25T17:00:00+00:00"),
        ("2026-12-31T23:30:00+00:00", "2027-01-01T17:00:00+00:00"),
    ],
)
def test_mail_of_the_day_goes_at_six_in_brussels_whatever_the_season(now: str, due: str):
    assert delivery_rules.next_digest(datetime.fromisoformat(now)) == datetime.fromisoformat(due)


async def test_walls_and_rights_hold_on_both_sides(lies: Citizen, inbox: Inbox, as_worker):
    await notify(bundle(LIES))
    mine, denied = lies.session.citizen_id, psycopg.errors.InsufficientPrivilege
    async with pool.transaction() as conn:
        assert await (await conn.execute("select id from notifications_delivery")).fetchall() == []
    for statement in (
        "select sealed from notifications_delivery",
        "update notifications_delivery set state = 'sent'",
        "delete from notifications_delivery",
    ):
        with pytest.raises(denied):
            async with pool.as_citizen(mine) as conn:
                await conn.execute(statement.encode())
    async with as_worker():
        for statement in (
            "select sealed from notifications_notice",
            "delete from notifications_delivery",
            "update notifications_delivery set citizen_id = notice_id",
            "insert into notifications_delivery (id, state) values (gen_random_uuid(), 'sent')",
            # Of bodies' notices it puts none in.
            "insert into notifications_thread (citizen_id, thread, body, arrivals, newest_at, newest_number) "
            "values (gen_random_uuid(), gen_random_uuid(), 'ahovoks', 1, now(), 1)",
            "insert into notifications_notice values (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, "
            "'ahovoks', now(), now(), now(), false, false, '')",
        ):
            with pytest.raises(denied):
                async with pool.transaction() as conn:
                    await conn.execute(statement.encode())
        ((sealed, notice_id),) = past_walls("select sealed, notice_id from notifications_delivery")
        assert await errands.unseal(sealed, mine, notice_id) == "685"


async def test_mails_are_exported_and_gone_with_the_citizen(lies: Citizen, inbox: Inbox, as_worker):
    citizen_id = lies.session.citizen_id
    await wants_all(citizen_id)
    await notify(bundle(LIES))
    waiting = past_walls("select id from notifications_delivery")[0][0]
    assert [one.value["state"] for one in await notices.export(citizen_id) if one.kind == "mail"] == ["pending"]
    async with pool.as_citizen(citizen_id) as conn:
        await actions.forget(conn, citizen_id)
    async with as_worker():
        await deliveries.send_one(waiting)
    assert (states(), inbox.mails()) == ([], [])
