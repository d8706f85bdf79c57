"""The link with the eBox: a yes with an address, kept sealed with its text and moment, gone when it is withdrawn."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from portal.features.mailbox import actions, queries
from portal.features.mailbox.events import boxes
from portal.features.mailbox.tests.linking import LIES, gives, links, occasion
from portal.features.notifications import actions as notifications
from portal.features.notifications import preference_actions, preferences
from portal.features.notifications.preference_rules import EBOX, Pace, Preferences, Way, for_all, for_each
from portal.features.profile import emails
from portal.features.profile.types import OTHER_EMAIL
from portal.platform.database import pool
from portal.platform.keys import citizens
from tests.journal_entries import entries_of

pytestmark = pytest.mark.security

LINK = "/brievenbus/ebox/koppelen/"
WITHDRAW = "/brievenbus/ebox/ontkoppelen/"
OVERVIEW = "/brievenbus/ebox/"
PVB = "vaph/30201"


async def chosen_by(citizen_id: UUID) -> Preferences | None:
    return (await preferences.look_at_choice(occasion(citizen_id))).preferences


async def page(lies, path, **query):
    answer = await lies.gets(path, **query)
    parts = [part async for part in answer] if answer.streaming else [answer.content]
    return b"".join(parts).decode()


async def test_who_did_not_link_is_led_to_the_link_and_without_an_address_to_the_profile(lies):
    led = await lies.gets(OVERVIEW)
    assert (led.status_code, led["Location"]) == (303, LINK)
    said = await page(lies, LINK)
    assert ('name="akkoord"' in said, 'href="/profiel/#e-mail"' in said, said.count("<li>") >= 4) == (
        False,
        True,
        True,
    )
    sent = await lies.posts(LINK, akkoord="1", tekst="ebox-1", email=str(uuid4()))
    assert (sent["Location"], await queries.is_linked(lies.session.citizen_id)) == (LINK, False)


@pytest.mark.parametrize("field", ["akkoord", "email"])
async def test_nothing_is_linked_without_the_tick_or_an_address_of_their_own(lies, home, field):
    other = uuid4()
    await citizens.ensure(other)
    theirs = await gives(other, "other@example.org")
    for wrong in ("", str(theirs), "x" * 10_000) if field == "email" else ("",):
        sent = await lies.posts(LINK, **{"akkoord": "1", "tekst": "ebox-1", "email": str(home), field: wrong})
        assert (sent.status_code, f'href="#id_{field}"' in sent.content.decode()) == (422, True)
    assert not await queries.is_linked(lies.session.citizen_id)
    assert await chosen_by(lies.session.citizen_id) == Preferences()


async def test_yes_links_and_is_shown_journalled_and_exported(lies, home):
    sent = await lies.posts(LINK, akkoord="1", tekst="ebox-1", email=str(home))
    assert (sent.status_code, sent["Location"]) == (303, f"{OVERVIEW}?klaar=gekoppeld")
    citizen_id = lies.session.citizen_id
    assert "Uw eBox is gekoppeld." in await page(lies, OVERVIEW, klaar="gekoppeld")
    said = await page(lies, LINK)
    assert ("lies@example.org" in said, 'name="akkoord"' in said) == (True, False)
    assert 'href="/brievenbus/ebox/mails/"' in said
    assert await chosen_by(citizen_id) == for_each({EBOX: home}, Pace.AT_ONCE)
    names = [entry.name for entry in await entries_of(citizen_id)]
    assert {"link own mailbox", "look at own mailbox link"} <= set(names)
    record, box, untold = await queries.export(citizen_id)
    assert (box.kind, LIES in str(box.value), untold.kind) == ("ebox_box", False, "ebox_untold")
    assert (record.kind, record.value, record.consent) == ("ebox_link", "gekoppeld", "ebox-1")


async def test_withdrawal_holds_for_the_next_request_in_every_tab_and_linking_again_brings_it_back(lies, home):
    await links(lies.session.citizen_id)
    assert (await lies.gets(OVERVIEW)).status_code == 200
    assert "Uw toestemming is ingetrokken" not in await page(lies, WITHDRAW, klaar="ontkoppeld")
    sent = await lies.posts(WITHDRAW)
    assert (sent.status_code, sent["Location"]) == (303, f"{WITHDRAW}?klaar=ontkoppeld")
    assert "Uw toestemming is ingetrokken" in await page(lies, WITHDRAW, klaar="ontkoppeld")
    assert (await lies.gets(OVERVIEW))["Location"] == LINK
    # A second tab that still shows the button.
    assert (await lies.posts(WITHDRAW)).status_code == 303
    assert (await lies.gets(WITHDRAW))["Location"] == LINK
    names = [entry.name for entry in await entries_of(lies.session.citizen_id)]
    # Since it was linked: in the same database others may have withdrawn before.
    assert names[: names.index("link own mailbox")].count("withdraw own mailbox link") == 1
    await lies.posts(LINK, akkoord="1", tekst="ebox-1", email=str(home))
    assert (await lies.gets(OVERVIEW)).status_code == 200


async def test_mails_about_the_ebox_end_with_the_link_and_other_choices_stay(lies, home):
    citizen_id = lies.session.citizen_id
    work = await gives(citizen_id, "work@example.org", OTHER_EMAIL)
    await preference_actions.choose(occasion(citizen_id), for_each({PVB: home}, Pace.DAILY))
    await lies.posts(LINK, akkoord="1", tekst="ebox-1", email=str(work))
    assert await chosen_by(citizen_id) == for_each({PVB: home, EBOX: work}, Pace.DAILY)
    await actions.withdraw(occasion(citizen_id))
    assert await chosen_by(citizen_id) == for_each({PVB: home}, Pace.DAILY)
    await preference_actions.withdraw(occasion(citizen_id))
    await links(citizen_id)
    await actions.withdraw(occasion(citizen_id))
    assert (await chosen_by(citizen_id)).way is Way.NONE


async def test_link_without_a_box_gets_one_when_it_is_made_once_more(lies, home, past_walls):
    citizen_id = lies.session.citizen_id
    await actions.link(occasion(citizen_id), home, LIES)
    past_walls.execute("delete from mailbox_box")
    await actions.link(occasion(citizen_id), home, LIES)
    assert past_walls.execute("select citizen_id from mailbox_box").fetchall() == [(citizen_id,)]
    # The federation is told of the last.
    assert past_walls.execute("select ends_at is null from mailbox_untold").fetchall() == [(True,)]


@pytest.mark.parametrize("step", [(notifications, "mail_about_ebox"), (boxes, "is_there")])
async def test_link_that_is_withdrawn_while_it_is_made_once_more_is_gone_with_its_box(
    lies, home, past_walls, monkeypatch, step
):
    """The withdrawal begins after the choices of mail are held, or after the link is; neither waits for the other."""
    citizen_id = lies.session.citizen_id
    await actions.link(occasion(citizen_id), home, LIES)
    taken = getattr(*step)
    withdrawing: list[asyncio.Task[bool]] = []

    async def while_withdrawn(*given: Any, **named: Any) -> Any:
        given_back = await taken(*given, **named)
        withdrawing.append(asyncio.create_task(actions.withdraw(occasion(citizen_id))))
        await asyncio.wait(withdrawing, timeout=0.3)
        return given_back

    monkeypatch.setattr(*step, while_withdrawn)
    await actions.link(occasion(citizen_id), home, LIES)
    assert await withdrawing[0]
    assert not await queries.is_linked(citizen_id)
    assert past_walls.execute("select citizen_id from mailbox_box").fetchall() == []


async def test_record_of_a_choice_names_the_text_that_was_shown_and_its_moment(lies, home, past_walls):
    citizen_id, stored = lies.session.citizen_id, "select consent, since from notifications_preferences"
    work = await gives(citizen_id, "work@example.org", OTHER_EMAIL)
    first = occasion(citizen_id)
    await actions.link(first, home, LIES)
    await actions.link(occasion(citizen_id), work, LIES)
    assert (await chosen_by(citizen_id)).services == {EBOX: work}
    assert past_walls.execute(stored).fetchall() == [("ebox-1", first.now)]
    each = occasion(citizen_id)
    await preference_actions.choose(each, for_each({PVB: home, EBOX: work}, Pace.DAILY))
    await actions.withdraw(occasion(citizen_id))
    assert await chosen_by(citizen_id) == for_each({PVB: home}, Pace.DAILY)
    assert past_walls.execute(stored).fetchall() == [("contactvoorkeuren-1", each.now)]
    await actions.link(occasion(citizen_id), work, LIES)
    assert past_walls.execute(stored).fetchall() == [("contactvoorkeuren-1", each.now)]


async def test_one_address_for_all_services_is_kept_and_must_still_be_there(lies, home):
    citizen_id = lies.session.citizen_id
    work = await gives(citizen_id, "work@example.org", OTHER_EMAIL)
    await preference_actions.choose(occasion(citizen_id), for_all(work, Pace.DAILY))
    said = await page(lies, LINK)
    assert ("U koos work@example.org" in said, "<select" in said) == (True, False)
    await lies.posts(LINK, akkoord="1", tekst="ebox-1")
    assert await queries.is_linked(citizen_id)
    await actions.withdraw(occasion(citizen_id))
    assert await chosen_by(citizen_id) == for_all(work, Pace.DAILY)
    await emails.remove_other(occasion(citizen_id), work)
    assert "Kies eerst een ander e-mailadres" in await page(lies, LINK)
    assert (await lies.posts(LINK, akkoord="1", tekst="ebox-1"))["Location"] == LINK
    assert not await queries.is_linked(citizen_id)


async def test_address_that_is_removed_later_leaves_the_link_and_is_said(lies, home):
    citizen_id = lies.session.citizen_id
    work = await gives(citizen_id, "work@example.org", OTHER_EMAIL)
    await lies.posts(LINK, akkoord="1", tekst="ebox-1", email=str(work))
    await emails.remove_other(occasion(citizen_id), work)
    assert await queries.is_linked(citizen_id)
    assert "Het adres dat u koos, staat niet meer in uw profiel." in await page(lies, LINK)


async def test_row_that_somebody_else_wrote_or_changed_is_no_yes(lies, home, past_walls: psycopg.Connection):
    citizen_id = lies.session.citizen_id
    await links(citizen_id)
    other = uuid4()
    await citizens.ensure(other)
    past_walls.execute("insert into mailbox_link select %s, sealed, consent, since from mailbox_link", (other,))
    assert not await queries.is_linked(other)
    for change in ("since = since - interval '1 year'", "consent = 'ebox-0'"):
        past_walls.execute(f"update mailbox_link set {change}")
        assert not await queries.is_linked(citizen_id)
        assert (await queries.export(citizen_id))[0].value is None
        await links(citizen_id)
        assert await queries.is_linked(citizen_id)
    await citizens.erase(citizen_id)
    assert not await queries.is_linked(citizen_id)
    assert 'name="akkoord"' not in await page(lies, LINK)


async def test_nobody_reaches_the_row_of_another(lies, home):
    await links(lies.session.citizen_id)
    async with pool.as_citizen(uuid4()) as conn:
        assert (await conn.execute("delete from mailbox_link")).rowcount == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await conn.execute(actions.KEEP, (uuid4(), b"", "", datetime.now(UTC)))


async def test_worker_has_no_right_to_it(lies, home, as_worker):
    await links(lies.session.citizen_id)
    async with as_worker():
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await queries.is_linked(lies.session.citizen_id)


async def test_link_is_forgotten_with_the_rest(lies, home, past_walls):
    citizen_id = lies.session.citizen_id
    await links(citizen_id)
    async with pool.as_citizen(citizen_id) as conn:
        await actions.forget(conn, citizen_id)
    assert past_walls.execute("select count(*) from mailbox_link").fetchone() == (0,)


async def test_address_removed_at_the_same_moment_is_never_the_one_of_a_link(lies, home, past_walls):
    citizen_id = lies.session.citizen_id
    work = await gives(citizen_id, "work@example.org", OTHER_EMAIL)
    done = await asyncio.gather(
        actions.link(occasion(citizen_id), work, LIES),
        emails.remove_other(occasion(citizen_id), work),
        return_exceptions=True,
    )
    assert done[1] is True
    # Either it was refused with nothing changed, or mails find that the address is gone.
    if isinstance(done[0], notifications.AddressUnknown):
        assert not await queries.is_linked(citizen_id)
    assert (await preferences.look_at_ebox_mail(occasion(citizen_id))).address is None
