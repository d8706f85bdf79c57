"""A mail with a request comes back: from a body, from our own desk, or only after the term."""

from datetime import timedelta

import pytest
from django.conf import settings

from portal.features.privacy import tasks
from portal.features.privacy.rights import desk, forwarding
from portal.features.privacy.rights.tests.asking import NOW, OURS, Role, fails, forward, mails, one_of, put
from portal.features.privacy.rights.types import ForwardFailure, Progress, RequestRecipient
from tests.citizen import Citizen
from tests.desks import Desks
from tests.inbox import rows

pytestmark = pytest.mark.security

DAY = timedelta(days=1)


async def test_mail_that_comes_back_is_sent_to_our_desk(lies: Citizen, mailboxes: Desks, as_worker: Role) -> None:
    reference = await put(lies)
    async with as_worker():
        await forward()
        rows("delete from procrastinate_jobs")
        await desk.note_bounce(reference, NOW + 2 * DAY)
        assert [name for (name,) in rows("select task_name from procrastinate_jobs")] == ["privacy.forward"]
        await forward(NOW + 2 * DAY)
    first, second = mails(mailboxes)
    assert (first["recipients"], second["recipients"]) == (["privacy@vdab.example"], [settings.DPO_EMAIL])
    assert dict(first["headers"])["Message-ID"] != dict(second["headers"])["Message-ID"]
    assert (await one_of(lies)).state.failure is ForwardFailure.BOUNCED
    async with as_worker():
        await forwarding.drop_certain(NOW + 30 * DAY)
        with pytest.raises(desk.DeskRefused, match="not kept"):
            await desk.note_bounce(reference, NOW + 30 * DAY)


async def test_mail_that_the_mailbox_of_our_desk_gives_back_goes_to_the_contact_centre(
    lies: Citizen, mailboxes: Desks, as_worker: Role
) -> None:
    reference = await put(lies, OURS)
    async with as_worker():
        await forward()
        rows("delete from procrastinate_jobs")
        assert await desk.note_bounce(reference, NOW + 2 * DAY) is RequestRecipient.CENTRE
        ((task, given),) = rows("select task_name, args from procrastinate_jobs")
    one = await one_of(lies, NOW + 2 * DAY)
    # No body was to get it, so none failed to.
    assert (one.progress, one.state.failure) == (Progress.UNDER_WAY, None)
    async with as_worker():
        await tasks.app.tasks[task].func(**given)
        # The centre's gives it back as well: the desk's may have been mended.
        assert await desk.note_bounce(reference, NOW + 4 * DAY) is RequestRecipient.DESK
        await forward(NOW + 4 * DAY)
    assert [mail["recipients"] for mail in mails(mailboxes)] == [
        [settings.DPO_EMAIL],
        [settings.CONTACT_EMAIL],
        [settings.DPO_EMAIL],
    ]
    first, second, _ = (dict(mail["headers"])["Message-ID"] for mail in mails(mailboxes))
    assert first != second


async def test_mail_that_could_be_sent_after_the_term_only_says_that_it_is_late(
    lies: Citizen, mailboxes: Desks, as_worker: Role
) -> None:
    await put(lies, OURS)
    fails(mailboxes, "mail", "permanent")
    async with as_worker():
        with pytest.raises(forwarding.TryLater):
            await forward(NOW + 31 * DAY)
        fails(mailboxes, "mail", "ok")
        await forward(NOW + 32 * DAY)
    (mail,) = mails(mailboxes)
    assert "\nAntwoord ten laatste: 3 april 2026 (die dag is voorbij)\n" in mail["text"]
    assert (await one_of(lies, NOW + 32 * DAY)).progress is Progress.OVERDUE
