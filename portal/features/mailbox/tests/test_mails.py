"""The list of mails about the eBox: what is known of each and no more, for as long as it is kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from portal.features.mailbox.tests.linking import links, occasion
from portal.features.mailbox.tests.watching import ADDRESS, TriedBox, box, link_box, threads
from portal.features.notifications import deliveries, delivery_rules, ebox_mails, preference_actions, preferences
from portal.features.notifications.preference_rules import NoMail, Pace, for_each
from portal.features.notifications.types import EBOX, EboxNews
from portal.platform.jobs.errors import GivenUp
from tests.inbox import inbox, past_walls, running_inbox

__all__ = ["box", "inbox", "running_inbox"]

PATH = "/brievenbus/ebox/mails/"
DIGESTS = "select distinct digest_id from notifications_delivery where digest_id is not null"


async def page(who: Any) -> str:
    return (await who.gets(PATH)).content.decode()


def states(said: str) -> list[str]:
    return [part.partition('"')[0] for part in said.split('data-mail="')[1:]]


async def test_each_mail_is_listed_with_what_is_known_of_it(box: TriedBox):
    lies = await link_box()
    assert "stuurden wij u geen mails" in await page(lies)
    box.event("newDocument", "CANARY")
    await box.pulls()
    assert states(await page(lies)) == ["pending"]
    await box.mails()
    box.event("documentExpirationAlert", "CANARY")
    await box.pulls()
    box.town.fails("permanent")
    with pytest.raises(GivenUp):
        await box.mails()
    said = await page(lies)
    assert sorted(states(said)) == ["failed", "sent"]
    for words in (
        "Een nieuw document",
        "Aan de mailserver gegeven op",
        "Een document dat binnenkort verdwijnt",
        "de mailserver weigerde het adres",
        f"Nu mailen wij u op {ADDRESS}",
    ):
        assert words in said
    assert ("CANARY" in said, "aangekomen" in said) == (False, False)
    past_walls("update notifications_notice set sealed = 'x'")
    assert "Een document dat wij niet meer kunnen lezen" in await page(lies)


async def test_who_wants_no_mails_about_what_expires_gets_none_whenever_they_say_so(box: TriedBox):
    for pace in Pace:
        lies = await link_box(pace=pace)
        for kind in ("newDocument", "documentExpirationAlert"):
            box.event(kind, f"{pace}")
        await box.pulls()
        citizen_id = lies.session.citizen_id
        now = await preferences.look_at_choice(occasion(citizen_id))
        assert now.preferences is not None
        await preference_actions.choose(occasion(citizen_id), replace(now.preferences, may_mail_expiry=False))
        await box.mails()
        states = "select state, why from notifications_delivery d join notifications_notice n on n.id = d.notice_id "
        # What expires tells of itself by no mail, so it does not take the place of the mail about the new document.
        assert past_walls(states + "order by n.number") == [
            ({Pace.AT_ONCE: "sent", Pace.DAILY: "digest"}[pace], None),
            ("not_needed", NoMail.NO_EXPIRY),
        ]
        # It is told all the same, and linking anew asks it no other way.
        assert [one.newest.notice.document.news for one in await threads(lies)] == [EboxNews.EXPIRING]
        assert "zo koos u het" in (await lies.gets("/brievenbus/ebox/koppelen/")).content.decode()
        await lies.posts("/brievenbus/ebox/ontkoppelen/")


async def test_a_mail_of_a_day_is_one_whatever_it_is_about_and_one_that_was_not_needed_is_none(box: TriedBox):
    lies = await link_box(pace=Pace.DAILY)
    for name in ("A", "B", "C"):
        box.event("newDocument", name)
    box.event("readDocument", "C")
    await box.pulls()
    await box.mails()
    said = await page(lies)
    assert (states(said), "met 2 documenten van uw eBox" in said) == (["digest"], True)
    later = datetime.now(UTC) + timedelta(days=1)
    async with box.as_worker():
        await deliveries.gather(later)
        for (digest_id,) in past_walls(
            "select distinct digest_id from notifications_delivery where digest_id is not null"
        ):
            await deliveries.send_digest(digest_id, delivery_rules.next_digest(datetime.now(UTC)))
    said = await page(lies)
    assert (states(said), "met 2 documenten van uw eBox" in said) == (["sent"], True)


async def test_so_many_are_listed_and_that_there_are_older_ones_is_said(box: TriedBox, monkeypatch):
    lies = await link_box()
    for name in ("A", "B", "C"):
        box.event("newDocument", name)
    await box.pulls()
    await box.mails()
    for most, listed in ((3, 3), (2, 2)):
        monkeypatch.setattr(ebox_mails, "MOST", most)
        said = await page(lies)
        assert (len(states(said)), 'data-older="1"' in said) == (listed, listed < 3)
    # A mail of the day of which a part would be missing is left out, where others are shown.
    past_walls("update notifications_delivery set due_at = now() - interval '1 hour', settled_at = now()")
    past_walls(
        "update notifications_delivery set due_at = null, settled_at = now() + interval '1 minute' "
        "where id = (select id from notifications_delivery order by id limit 1)"
    )
    said = await page(lies)
    assert (states(said), "Mail van de dag" in said, 'data-older="1"' in said) == (["sent"], False, True)


@pytest.mark.security
async def test_list_is_of_the_linked_alone_and_of_nobody_else(box: TriedBox):
    lies = await link_box()
    box.event("newDocument", "A")
    await box.pulls()
    other = await link_box("93681527060")
    assert states(await page(other)) == []
    await preference_actions.choose(occasion(lies.session.citizen_id), for_each({EBOX: None}, Pace.AT_ONCE))
    assert "Nu mailen wij u niet over uw eBox" in await page(lies)
    await lies.posts("/brievenbus/ebox/ontkoppelen/")
    assert (await lies.gets(PATH))["Location"] == "/brievenbus/ebox/koppelen/"
    await links(lies.session.citizen_id)
    assert states(await page(lies)) == []
