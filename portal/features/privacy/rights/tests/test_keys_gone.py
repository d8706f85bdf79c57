"""A key database that was put back has no keys of who came since: their requests are shown all the same."""

import html
from io import StringIO
from typing import Any

import psycopg
import pytest

from portal.features.privacy.management.commands.rights import Command
from portal.features.privacy.rights import desk, queries
from portal.features.privacy.rights.tests.asking import MAIL, NOW, OURS, Role, errands, forward, mails, one_of, put
from portal.features.privacy.rights.types import ForwardFailure, Progress
from portal.platform.keys import citizens
from tests.citizen import Citizen
from tests.desks import Desks
from tests.inbox import rows

pytestmark = pytest.mark.security


def puts_back(key_walls: psycopg.Connection, who: Citizen) -> None:
    for table in ("keys_citizen", "keys_subject"):
        key_walls.execute(f"delete from {table} where citizen_id = %s", (who.session.citizen_id,))


async def test_requests_are_listed_and_copied_though_nothing_of_them_opens(
    lies: Citizen, mailboxes: Desks, as_worker: Role, past_key_walls: Any
) -> None:
    reference = await put(lies)
    async with as_worker():
        await desk.extend(reference, "Wij zoeken in drie archieven.", NOW)
    puts_back(past_key_walls, lies)
    one = await one_of(lies)
    assert (one.reference, one.ask, [news.text for news in one.news]) == (reference, None, [None])
    listed = html.unescape((await lies.gets("/privacy/verzoeken/")).content.decode())
    assert (reference in listed, "U vroeg nog niets" in listed) == (True, False)
    page = html.unescape((await lies.gets(f"/privacy/verzoeken/{reference}/")).content.decode())
    assert ("Wij kunnen niet meer lezen wat u vroeg." in page, "Er is meer tijd nodig" in page) == (True, True)
    (record,) = await queries.export(lies.session.citizen_id)
    assert isinstance(record.value, dict)
    assert (record.value["reference"], record.value["ask"]) == (reference, None)


@pytest.mark.parametrize("body", [MAIL, OURS])
async def test_request_that_waited_is_called_not_delivered(
    lies: Citizen, mailboxes: Desks, as_worker: Role, past_key_walls: Any, body: str
) -> None:
    await put(lies, body)
    puts_back(past_key_walls, lies)
    async with as_worker():
        await forward()
    one = await one_of(lies)
    assert (errands(), mails(mailboxes)) == ([], [])
    assert (one.progress, one.state.failure) == (Progress.LOST, ForwardFailure.UNREADABLE)


async def test_desk_closes_it_without_words_and_does_not_extend_it(
    lies: Citizen, mailboxes: Desks, as_worker: Role, past_key_walls: Any
) -> None:
    reference = await put(lies)
    puts_back(past_key_walls, lies)
    command = Command(stdout=StringIO())
    async with as_worker():
        with pytest.raises(desk.DeskRefused, match="nobody could read why"):
            await desk.extend(reference, "Er is meer tijd nodig.", NOW)
        await command.perform("answer", reference, "De dienst wiste uw sollicitatie.", NOW)
        assert await desk.open_requests() == []
    assert "its citizen cannot read how" in command.stdout.getvalue()
    assert rows("select count(*) from privacy_request where closed_by = 'desk'") == [(1,)]
    # Whoever comes back has new keys.
    await citizens.ensure(lies.session.citizen_id)
    one = await one_of(lies)
    assert (one.progress, one.ask, list(one.news)) == (Progress.ANSWERED, None, [])
