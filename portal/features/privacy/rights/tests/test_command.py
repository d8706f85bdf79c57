"""`manage.py rights`: in whose environment it works, what it asks for, and what it prints."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from portal.features.privacy.management.commands.rights import Command
from portal.features.privacy.rights import queries
from portal.features.privacy.rights.tests.asking import MAIL, NOW, OURS, Role, forward, put
from portal.features.privacy.rights.types import NewsKind, Progress
from tests.citizen import Citizen
from tests.desks import Desks

pytestmark = pytest.mark.security

DAY = timedelta(days=1)
WORKERS_KEYS = override_settings(KEYS_FILE="")


def test_command_is_refused_to_the_portal() -> None:
    with pytest.raises(CommandError, match="run it as the worker: without KEYS_FILE"):
        call_command("rights", "list")


def test_request_is_named_and_what_cannot_be_done_is_one_line_that_says_what_was_asked() -> None:
    with WORKERS_KEYS:
        for what in ("extend", "answer", "bounced"):
            with pytest.raises(CommandError, match="say which request, by its reference"):
                call_command("rights", what)
            with pytest.raises(CommandError, match=rf"^rights {what}: .*no request with this reference"):
                call_command("rights", what, "RE-00000-00000-00000", text="Wij antwoordden.")


async def test_command_prints_what_it_did_and_who_gets_what_came_back(
    lies: Citizen, mailboxes: Desks, as_worker: Role
) -> None:
    of_body, of_desk = await put(lies), await put(lies, OURS, at=NOW + DAY)

    async def prints(*words: str) -> str:
        """Give one argument after the other: what, reference, text."""
        printed = io.StringIO()
        what, reference, text, *_ = (*words, "", "")
        async with as_worker():
            with WORKERS_KEYS:
                await Command(stdout=printed).perform(what, reference, text, NOW + 2 * DAY)
        return printed.getvalue()

    async with as_worker():
        await forward()
    lines = (await prints("list")).splitlines()
    assert [line.split()[:3] for line in lines] == [[of_body, "wissing", MAIL], [of_desk, "wissing", "-"]]
    assert await prints("bounced", of_body) == f"{of_body}: our own desk gets it now.\n"
    assert await prints("bounced", of_desk) == f"{of_desk}: the contact centre gets it now.\n"
    said = await prints("extend", of_body, "Wij zoeken nog.")
    assert said == f"{of_body}: until 2026-06-03; its citizen reads why.\n"
    said = await prints("answer", of_body, "Gewist.")
    assert said == f"{of_body}: closed; its citizen reads how it was answered.\n"
    assert [line.split()[0] for line in (await prints("list")).splitlines()] == [of_desk]
    followed = await queries.requests_of(lies.session.citizen_id, now=NOW + 2 * DAY)
    progress = {one.reference: (one.progress, [news.kind for news in one.news]) for one in followed}
    assert progress[of_body] == (Progress.ANSWERED, [NewsKind.EXTENDED, NewsKind.ANSWERED])
