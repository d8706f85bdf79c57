"""What the home page says of notices that were not read, and where one leads from its page."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from msgspec.structs import replace

from portal.features.notifications import home_block, queries
from portal.features.notifications.tests.notifying import PAIRS, URI, bundle, notify
from portal.features.notifications.tests.test_pages import LIES, LIST, count_on, text_of, thread_of
from portal.features.notifications.types import FEATURE
from portal.platform.access import cookies, sessions
from portal.platform.access.types import Session
from portal.platform.feature.home import Gap
from portal.platform.journal.types import Occasion
from portal.platform.ui.links import links
from tests.citizen import Citizen


async def signals(who: Citizen) -> list[Any]:
    """Ask for what the page of the citizen would, which knows how many are unread."""
    unread = int(count_on(await text_of(who, "/cookies/")) or 0)
    return await findings(replace(who.session, unread={FEATURE: unread} if unread else {}))


async def findings(session: Session) -> list[Any]:
    occasion = Occasion(session.citizen_id, datetime.now(UTC), str(uuid4()))
    return [one async for one in home_block.find(SimpleNamespace(session=session, occasion=occasion))]  # type: ignore[arg-type]  # all it needs


async def test_nothing_is_read_where_nothing_is_unread(lies: Citizen, monkeypatch: pytest.MonkeyPatch):
    await notify(bundle(LIES, Kanalen=[]))
    monkeypatch.delattr(queries, "look_at_unread")
    assert await signals(lies) == []


async def test_what_was_not_counted_is_a_gap_and_not_nothing(lies: Citizen, past_walls: psycopg.Connection):
    await notify(bundle(LIES))
    past_walls.execute("alter function public.notifications_unread(uuid) rename to notifications_away")
    try:
        session = await sessions.find(lies.client.cookies[cookies.SESSION].value, now=datetime.now(UTC))
    finally:
        past_walls.execute("alter function public.notifications_away(uuid) rename to notifications_unread")
    assert session is not None
    assert await findings(session) == [Gap()]


async def test_one_is_said_whole_and_more_are_named_together(lies: Citizen):
    await notify(bundle(LIES, TransactieId="een"))
    (one,) = await signals(lies)
    assert (one.title, one.what) == ("School- en studietoelagen: De dienst behandelt uw dossier.", "AHOVOKS")
    assert one.href == await thread_of(lies)
    await notify(bundle(LIES, pairs=PAIRS | {"StatusVlaamseCode": "Goedgekeurd"}))
    for other in ("twee", "drie"):
        await notify(bundle(LIES, TransactieId=other))
    (all_,) = await signals(lies)
    assert (all_.title, all_.href) == ("U hebt 4 ongelezen meldingen.", LIST)
    # What three of them say, each once, and that there are more.
    said = ["De dienst behandelt uw dossier.", "Uw aanvraag is goedgekeurd."]
    assert ([all_.what.count(each) for each in said], all_.what[-1]) == ([1, 1], "…")
    # What came later is another cause than what was dismissed, and reading takes it away.
    assert one.cause != all_.cause
    # Named on the home page, they are as new in the list as before.
    assert (await text_of(lies)).count("Nieuw in deze lijst") == 3


async def test_notice_leads_to_its_dossier_where_one_can_be_asked(lies: Citizen):
    await notify(bundle(LIES))
    to = links.dossier(lies.session, URI, "2026-77")
    assert to.startswith("/dossiers/")
    assert f'<a href="{to}">Bekijk hoe dit dossier er nu voor staat</a>' in await text_of(lies, await thread_of(lies))
    # Of a source that nobody knows, or of no dossier at all, there is nothing to lead to.
    assert links.dossier(lies.session, "http://elders.example/", "2026-77") == ""
    await notify(bundle(LIES, TransactieId="iets anders", DatumNotificatie=datetime.now(UTC).isoformat()))
    assert "Bekijk hoe dit dossier" not in await text_of(lies, await thread_of(lies))
