"""What our desk does with requests: it lengthens a term, answers, and is warned before one ends."""

from datetime import date, datetime, timedelta

import pytest
from django.conf import settings
from django.test import override_settings

from portal.features.privacy.rights import desk, forwarding
from portal.features.privacy.rights.tests.asking import (
    MAIL,
    NOW,
    OURS,
    Role,
    mails,
    one_of,
    put,
)
from portal.features.privacy.rights.types import (
    NewsKind,
    Progress,
)
from portal.platform.jobs.errors import GivenUp
from portal.platform.mail.errors import MailNotAllowed
from tests.citizen import Citizen
from tests.desks import Desks
from tests.inbox import past_walls

pytestmark = pytest.mark.security

DAY = timedelta(days=1)
WORKERS_KEYS = override_settings(KEYS_FILE="")


async def test_desk_extends_once_within_the_term_with_reasons_that_only_the_citizen_reads(
    lies: Citizen, mailboxes: Desks, as_worker: Role
) -> None:
    reference = await put(lies)
    async with as_worker():
        with WORKERS_KEYS:
            with pytest.raises(desk.DeskRefused, match="words"):
                await desk.extend(reference, " \n", NOW)
            assert await desk.extend(reference.lower(), "Wij zoeken in drie archieven.", NOW) == date(2026, 6, 3)
            for late in (NOW, NOW + 60 * DAY):
                with pytest.raises(desk.DeskRefused, match=r"12\.3"):
                    await desk.extend(reference, "Nog eens.", late)
            (line,) = [one.line(NOW) for one in await desk.open_requests()]
            await desk.answer(reference, "De dienst wiste uw sollicitatie.", NOW + 50 * DAY)
            with pytest.raises(desk.DeskRefused, match="closed"):
                await desk.answer(reference, "Nog eens.", NOW)
            assert await desk.open_requests() == []
    assert line == f"{reference}  wissing  {MAIL}  2026-06-03  under_way"
    one = await one_of(lies, NOW + 60 * DAY)
    assert one.progress is Progress.ANSWERED
    assert [(news.kind, news.text) for news in one.news] == [
        (NewsKind.EXTENDED, "Wij zoeken in drie archieven."),
        (NewsKind.ANSWERED, "De dienst wiste uw sollicitatie."),
    ]
    sealed = b"".join(bytes(row[0]) for row in past_walls("select sealed from privacy_request_news"))
    assert b"archieven" not in sealed


async def test_term_that_is_over_is_not_extended(lies: Citizen, mailboxes: Desks, as_worker: Role) -> None:
    reference = await put(lies)
    async with as_worker():
        with pytest.raises(desk.DeskRefused):
            await desk.extend(reference, "Te laat.", datetime(2026, 4, 4, 0, 0, tzinfo=NOW.tzinfo))
        await desk.extend(reference, "Op de laatste dag.", datetime(2026, 4, 3, 20, 0, tzinfo=NOW.tzinfo))


async def test_desk_is_warned_once_a_week_before_and_again_before_a_longer_term(
    lies: Citizen, mailboxes: Desks, as_worker: Role
) -> None:
    reference = await put(lies)
    await put(lies, OURS, at=NOW + 20 * DAY)
    async with as_worker():
        # A clock that is a year ahead says it too early; what it said does not count once it is right again.
        assert await forwarding.warn(NOW + 400 * DAY) == 2
        mailboxes.ask("DELETE", "/mail/messages")
        assert await forwarding.warn(NOW + 23 * DAY) == 0
        assert [await forwarding.warn(NOW + later * DAY) for later in (24, 25, 40)] == [1, 0, 0]
    (mail,) = mails(mailboxes)
    assert (mail["recipients"], mail["subject"]) == (
        [settings.DPO_EMAIL],
        f"Termijn van verzoek {reference} loopt af",
    )
    assert "ten laatste op 3 april 2026" in mail["text"]
    assert "Vlaamse Dienst voor Arbeidsbemiddeling" in mail["text"]
    assert "Lies" not in mail["text"]
    async with as_worker():
        await desk.extend(reference, "Er is meer tijd nodig.", NOW + 25 * DAY)
        assert [await forwarding.warn(NOW + later * DAY) for later in (40, 84, 86, 87)] == [0, 1, 1, 0]


@pytest.mark.parametrize("of_desk", [GivenUp("SMTP 550"), MailNotAllowed("SMTP 550 5.7.133")])
async def test_warning_that_bounces_goes_to_the_contact_centre(
    lies: Citizen, mailboxes: Desks, as_worker: Role, monkeypatch: pytest.MonkeyPatch, of_desk: Exception
) -> None:
    reached: list[str] = []

    async def deliver(_mail: object, _sender: str, to: str) -> None:
        reached.append(to)
        if to == settings.DPO_EMAIL:
            raise of_desk

    monkeypatch.setattr(forwarding.smtp, "deliver", deliver)
    await put(lies)
    async with as_worker():
        assert await forwarding.warn(NOW + 30 * DAY) == 1
    assert reached == [settings.DPO_EMAIL, settings.CONTACT_EMAIL]
