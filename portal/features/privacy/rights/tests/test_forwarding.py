"""One request, from the citizen's transaction to whoever decides on it, and every way in which that fails."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.test import override_settings

from portal.features.privacy.rights import actions, composing, desk, forwarding, queries, rules
from portal.features.privacy.rights.tests.asking import (
    ABOUT,
    JSON,
    MAIL,
    NONE,
    NOW,
    OURS,
    Role,
    errands,
    fails,
    forward,
    mails,
    one_of,
    put,
)
from portal.features.privacy.rights.types import (
    Ask,
    AskErrand,
    DataRight,
    ForwardFailure,
    Progress,
    RequestRecipient,
    RequestState,
)
from portal.platform.database import pool
from portal.platform.jobs.errors import GivenUp, TryLater
from portal.platform.journal.types import Occasion
from portal.platform.mail.errors import MailNotAllowed
from portal.platform.sources import catalogue
from tests.citizen import Citizen
from tests.desks import Desks
from tests.inbox import past_walls, rows
from tests.journal_entries import entries_of

pytestmark = pytest.mark.security

DAY = timedelta(days=1)
WORKERS_KEYS = override_settings(KEYS_FILE="")


async def test_mail_reaches_the_body_with_a_term_and_without_a_national_number(
    lies: Citizen, mailboxes: Desks, as_worker: Role
) -> None:
    reference = await put(lies)
    (request_id,) = errands()
    job = ("privacy.forward", {"request_id": str(request_id)})
    assert rows("select task_name, args from procrastinate_jobs") == [job]
    async with as_worker():
        with WORKERS_KEYS:
            await forward()
            await forward()
    (mail,) = mails(mailboxes)
    assert mail["recipients"] == ["privacy@vdab.example"]
    assert mail["subject"] == f"Verzoek {reference}: gegevens laten wissen (AVG, artikel 17)"
    assert dict(mail["headers"])["Reply-To"] == "lies@canary.example"
    for line in (f"Kenmerk: {reference}", "Antwoord ten laatste: 3 april 2026", "Van: Lies Verhaegen"):
        assert f"\n{line}" in mail["text"]
    assert "Lies Verhaegen, geboren op 14 mei 1984" in mail["text"]
    assert "84651421235" not in mail["text"]
    assert "\n> Wis mijn sollicitatie van 2024.\n> Ik zoek geen werk meer.\n" in mail["text"]
    one = await one_of(lies)
    assert (one.progress, one.state.delivered_to, one.state.due_on) == (
        Progress.DELIVERED,
        RequestRecipient.BODY,
        date(2026, 4, 3),
    )
    # It can still come back: what would be sent again stays for a week, and no longer.
    async with as_worker():
        await forwarding.drop_certain(NOW + 6 * DAY)
        assert errands() == [request_id]
        await forwarding.drop_certain(NOW + 8 * DAY)
    assert errands() == []
    assert (await one_of(lies)).ask is not None


async def test_endpoint_gets_it_once_with_its_number_and_nothing_is_left(
    lies: Citizen, mailboxes: Desks, as_worker: Role
) -> None:
    reference = await put(lies, JSON)
    (request_id,) = errands()
    async with as_worker():
        with WORKERS_KEYS:
            await forward()
    (came,) = mailboxes.reports()
    assert (came["body"], came["key"], came["came"]) == (JSON, str(request_id), 1)
    assert came["content"] == {
        "kenmerk": reference,
        "recht": "wissing",
        "artikel": "17",
        "ontvangen_op": "2026-03-03T13:03:00+00:00",
        "antwoord_voor": "2026-04-03",
        "persoon": {"insz": "84651421235", "naam": "Lies Verhaegen", "veiligheidsniveau": "hoog"},
        "vraag": ABOUT,
        "antwoord_aan": "lies@canary.example",
    }
    assert (errands(), mails(mailboxes)) == ([], [])
    assert (await one_of(lies)).state.delivered_to is RequestRecipient.BODY


async def test_request_for_ourselves_goes_to_our_own_desk(lies: Citizen, mailboxes: Desks, as_worker: Role) -> None:
    await put(lies, OURS)
    async with as_worker():
        await forward()
    (mail,) = mails(mailboxes)
    assert (mail["recipients"], "Bezorg het" in mail["text"]) == ([settings.DPO_EMAIL], False)
    assert (await one_of(lies)).progress is Progress.DELIVERED


@pytest.mark.parametrize("body", [NONE, "a_body_that_left"])
async def test_body_without_an_address_is_served_by_our_desk(
    lies: Citizen, mailboxes: Desks, as_worker: Role, body: str
) -> None:
    await put(lies, body)
    async with as_worker():
        await forward()
    (mail,) = mails(mailboxes)
    assert mail["recipients"] == [settings.DPO_EMAIL]
    assert "Wij kennen geen adres van de dienst voor zulke verzoeken. Bezorg het aan de dienst" in mail["text"]
    one = await one_of(lies)
    assert (one.progress, one.state.failure) == (Progress.HANDED_ON, ForwardFailure.NO_ADDRESS)


async def test_body_that_leaves_while_a_request_waits(
    lies: Citizen, mailboxes: Desks, as_worker: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(lies)
    known = catalogue.installed()
    others = catalogue.Catalogue(tuple(one for one in known.agencies if one.id != MAIL), known.entries)
    monkeypatch.setattr(catalogue, "installed", lambda: others)
    async with as_worker():
        await forward()
    assert [mail["recipients"] for mail in mails(mailboxes)] == [[settings.DPO_EMAIL]]
    assert (await one_of(lies)).state.failure is ForwardFailure.NO_ADDRESS


async def test_endpoint_that_is_down_for_a_week_is_tried_and_then_our_desk_gets_it(
    lies: Citizen, mailboxes: Desks, as_worker: Role
) -> None:
    await put(lies, JSON)
    fails(mailboxes, "ahovoks-rechten", "503")
    async with as_worker():
        for later in range(7):
            with pytest.raises(TryLater):
                await forward(NOW + later * DAY)
    one = await one_of(lies, NOW + 6 * DAY)
    assert (one.progress, one.state.attempts, one.state.failed_at) == (Progress.UNDER_WAY, 7, None)
    async with as_worker():
        await forward(NOW + 7 * DAY)
    (mail,) = mails(mailboxes)
    assert mail["recipients"] == [settings.DPO_EMAIL]
    assert "een week lang niet" in mail["text"]
    one = await one_of(lies, NOW + 7 * DAY)
    assert (one.progress, one.state.failure, mailboxes.reports()) == (
        Progress.HANDED_ON,
        ForwardFailure.UNREACHABLE,
        [],
    )


async def test_body_that_gets_it_after_its_term_was_extended_reads_the_longer_term(
    lies: Citizen, mailboxes: Desks, as_worker: Role
) -> None:
    reference = await put(lies, JSON)
    fails(mailboxes, "ahovoks-rechten", "503")
    async with as_worker():
        with pytest.raises(TryLater):
            await forward()
        await desk.extend(reference, "De dienst is niet bereikbaar.", NOW + DAY)
        fails(mailboxes, "ahovoks-rechten", "ok")
        await forward(NOW + 2 * DAY)
    (came,) = mailboxes.reports()
    assert came["content"]["antwoord_voor"] == "2026-06-03"


async def test_endpoint_that_refuses_is_not_asked_again(lies: Citizen, mailboxes: Desks, as_worker: Role) -> None:
    await put(lies, JSON)
    fails(mailboxes, "ahovoks-rechten", "permanent")
    async with as_worker():
        await forward()
    assert [mail["recipients"] for mail in mails(mailboxes)] == [[settings.DPO_EMAIL]]
    assert (await one_of(lies)).state.failure is ForwardFailure.REFUSED


@pytest.mark.parametrize("of_desk", [GivenUp("SMTP 550"), MailNotAllowed("SMTP 550 5.7.133")])
async def test_mailbox_that_refuses_leads_to_our_desk_and_that_to_the_contact_centre(
    lies: Citizen, mailboxes: Desks, as_worker: Role, monkeypatch: pytest.MonkeyPatch, of_desk: Exception
) -> None:
    reached: list[str] = []

    async def deliver(_mail: object, _sender: str, to: str) -> None:
        reached.append(to)
        if to != settings.CONTACT_EMAIL:
            raise of_desk if to == settings.DPO_EMAIL else GivenUp("SMTP 550")

    monkeypatch.setattr(forwarding.smtp, "deliver", deliver)
    await put(lies)
    async with as_worker():
        await forward()
    assert reached == ["privacy@vdab.example", settings.DPO_EMAIL, settings.CONTACT_EMAIL]
    one = await one_of(lies)
    assert (one.progress, one.state.failure, one.state.delivered_to) == (
        Progress.HANDED_ON,
        ForwardFailure.REFUSED,
        RequestRecipient.CENTRE,
    )


async def test_nobody_takes_it_and_nothing_is_lost(lies: Citizen, mailboxes: Desks, as_worker: Role) -> None:
    await put(lies, OURS)
    fails(mailboxes, "mail", "permanent")
    async with as_worker():
        for later in (0, 3, 20):
            with pytest.raises(TryLater):
                await forward(NOW + later * DAY)
        assert len(errands()) == 1
        fails(mailboxes, "mail", "ok")
        await forward(NOW + 21 * DAY)
    assert (await one_of(lies, NOW + 21 * DAY)).progress is Progress.DELIVERED


async def test_crash_after_sending_sends_the_same_mail_again(
    lies: Citizen, mailboxes: Desks, as_worker: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(lies)
    with monkeypatch.context() as patch:
        patch.setattr(forwarding, "DELIVERED", "select 1/0")
        async with as_worker():
            with pytest.raises(psycopg.Error):
                await forward()
    async with as_worker():
        await forward(NOW + DAY)
    first, second = mails(mailboxes)
    assert first["headers"] == second["headers"]


async def test_erased_or_closed_while_it_waits(lies: Citizen, mailboxes: Desks, as_worker: Role) -> None:
    closed = await put(lies)
    await actions.close(Occasion(lies.session.citizen_id, NOW, str(uuid4())), closed)
    async with as_worker():
        await forward()
    assert (errands(), mails(mailboxes), (await one_of(lies)).state.delivered_at) == ([], [], None)
    reference = await put(lies)
    citizen_id = lies.session.citizen_id
    async with pool.as_citizen(citizen_id) as conn:
        await actions.forget(conn, citizen_id)
    assert (errands(), rows("select count(*) from privacy_request")) == ([], [(0,)])
    async with as_worker():
        await forwarding.forward(uuid4(), NOW)
        with pytest.raises(desk.DeskRefused, match="no request"):
            await desk.answer(reference, "Klaar.", NOW)
    assert mails(mailboxes) == []


async def test_closed_while_its_body_refuses_it_goes_to_nobody(
    lies: Citizen, mailboxes: Desks, as_worker: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = await put(lies)

    async def refuses(*_: object) -> None:
        rows("update privacy_request set closed_at = %s, closed_by = 'desk' where reference = %s", NOW, reference)
        raise GivenUp("SMTP 550")

    with monkeypatch.context() as patch:
        patch.setattr(forwarding.smtp, "deliver", refuses)
        async with as_worker():
            await forward()
    async with as_worker():
        await forward()
    assert (errands(), mails(mailboxes), (await one_of(lies)).state.delivered_at) == ([], [], None)


DAMAGE = "update privacy_request_errand set sealed = sealed || 'x'::bytea"


@pytest.mark.parametrize("body", [MAIL, NONE, "a_body_that_left", OURS])
async def test_unreadable_errand_is_told(lies: Citizen, mailboxes: Desks, as_worker: Role, body: str) -> None:
    await put(lies, body)
    past_walls(DAMAGE)
    async with as_worker():
        await forward()
    assert (errands(), mails(mailboxes), (await one_of(lies)).progress) == ([], [], Progress.LOST)


async def test_errand_that_is_unreadable_once_its_mail_came_back_is_told(
    lies: Citizen, mailboxes: Desks, as_worker: Role
) -> None:
    reference = await put(lies)
    async with as_worker():
        await forward()
        await desk.note_bounce(reference, NOW + DAY)
        past_walls(DAMAGE)
        await forward(NOW + 2 * DAY)
    one = await one_of(lies, NOW + 2 * DAY)
    assert (errands(), one.progress, one.state.failed_at) == ([], Progress.LOST, NOW + 2 * DAY)


async def test_form_sent_twice_is_one_request_and_a_changed_one_another(lies: Citizen, mailboxes: Desks) -> None:
    form_key = uuid4()
    first = await put(lies, form_key=form_key)
    both = await asyncio.gather(*(put(lies, form_key=form_key) for _ in range(3)))
    assert set(both) == {first}
    assert await put(lies, form_key=form_key, about="Iets anders.") != first
    assert len(errands()) == 2


async def test_same_words_in_two_tabs_are_one_request_as_long_as_it_is_open(
    lies: Citizen, pieter: Citizen, mailboxes: Desks
) -> None:
    first = await put(lies)
    others = await asyncio.gather(*(put(lies, at=NOW + timedelta(hours=1)) for _ in range(3)))
    assert set(others) == {first}
    different = {await put(lies, JSON), await put(lies, reply_to=""), await put(pieter)}
    assert len({first, *different}) == 4
    # A day later somebody means it, and what was closed is over.
    later = await put(lies, at=NOW + DAY)
    occasion = Occasion(lies.session.citizen_id, NOW, str(uuid4()))
    await actions.close(occasion, first)
    await actions.close(occasion, later)
    assert await put(lies, at=NOW + DAY) not in {first, later, *different}


async def test_so_many_are_open_and_no_more(lies: Citizen, pieter: Citizen, mailboxes: Desks) -> None:
    references = [await put(lies, about=f"Verzoek {number}.") for number in range(rules.MOST_OPEN)]
    with pytest.raises(actions.TooManyRequests):
        await put(lies, about="Nog een.")
    # What is open already is no other one.
    assert await put(lies, about="Verzoek 3.") == references[3]
    await put(pieter)
    occasion = Occasion(lies.session.citizen_id, NOW, str(uuid4()))
    assert not await actions.close(Occasion(pieter.session.citizen_id, NOW, str(uuid4())), references[0])
    assert await actions.close(occasion, references[0])
    assert not await actions.close(occasion, references[0])
    await put(lies, about="Nog een.")


def test_two_years_are_those_of_the_calendar() -> None:
    assert rules.kept_from(datetime(2029, 3, 1, 5, tzinfo=NOW.tzinfo)) == datetime(2027, 3, 1, 5, tzinfo=NOW.tzinfo)
    # The year in between has a day more.
    assert rules.kept_from(NOW.replace(year=2029)) == NOW.replace(year=2027)
    assert rules.kept_from(datetime(2028, 2, 29, tzinfo=NOW.tzinfo)) == datetime(2026, 2, 28, tzinfo=NOW.tzinfo)


async def test_requests_go_two_years_after_they_ended(lies: Citizen, mailboxes: Desks, as_worker: Role) -> None:
    await put(lies)
    closed = await put(lies, at=NOW + DAY)
    await actions.close(Occasion(lies.session.citizen_id, NOW + 2 * DAY, str(uuid4())), closed)
    async with as_worker():
        assert await actions.expire(NOW + 2 * DAY) == 0
        assert await actions.expire(NOW + 3 * DAY) == 1
        assert await actions.expire(datetime(2026, 4, 3, 21, 0, tzinfo=NOW.tzinfo)) == 0
        assert await actions.expire(datetime(2026, 4, 3, 22, 1, tzinfo=NOW.tzinfo)) == 1


async def test_journal_says_what_was_done_by_whom(lies: Citizen, mailboxes: Desks, as_worker: Role) -> None:
    reference = await put(lies)
    async with as_worker():
        await forward()
        await desk.answer(reference, "Klaar.", NOW)
    found = await entries_of(lies.session.citizen_id)
    done: list[Any] = sorted((one.name, one.actor.kind.value) for one in found)
    assert {
        ("ask for a right", "citizen"),
        ("forward a request", "system"),
        ("say what became of a request", "system"),
    } <= set(done)


async def test_export_has_every_request(lies: Citizen, mailboxes: Desks) -> None:
    reference = await put(lies)
    (record,) = await queries.export(lies.session.citizen_id)
    assert isinstance(record.value, dict)
    assert (record.value["reference"], record.value["ask"]["about"]) == (reference, ABOUT)


def test_text_of_others_makes_no_header() -> None:
    errand = AskErrand("84651421235", "Lies\r\nBcc: x@y.example", Ask("VDAB", "Dag\nBcc: z@y.example", ""))
    named = ("RE-00000-00000-00000", DataRight.INSPECTION, RequestState(NOW, date(2026, 4, 3)))
    mail = composing.request(uuid4(), named, errand, (RequestRecipient.BODY, "a@b.example"), NOW)
    assert mail["Bcc"] is None
    assert "\n> Bcc: z@y.example\n" in mail.get_content()
