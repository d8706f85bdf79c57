"""What went wrong for people with notices elsewhere, as public reports tell it, tried here; facts of ours only."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from portal.features.notifications.tests.notifying import PAIRS, bundle, notify
from portal.features.notifications.tests.test_pages import LIST, count_on, text_of, thread_of
from tests.citizen import Citizen

pytestmark = pytest.mark.security

LIES = "84651421235"
READ, UNREAD = "", "1"


def news(status: str, at: datetime, **more: Any) -> dict[str, Any]:
    return bundle(LIES, DatumNotificatie=at.isoformat(), pairs=PAIRS | {"StatusVlaamseCode": status}, **more)


async def test_three_changes_of_one_dossier_count_once(lies: Citizen):
    """oaeproject/Hilary 1259: what was shown as one was counted for each part."""
    now = datetime.now(UTC)
    for minutes in (3, 2, 1):
        await notify(news("InBehandeling", now - timedelta(minutes=minutes)))
    page = await text_of(lies)
    assert (count_on(page), page.count("Ongelezen")) == (UNREAD, 1)


async def test_two_changes_of_one_moment_stand_both_and_the_last_to_come_is_the_state(lies: Citizen):
    """MostroP2P/mobile 415 lost the second of one minute, dhis2-core 14956 showed the first of one millisecond."""
    moment = datetime.now(UTC) - timedelta(minutes=1)
    for status in ("DossierOnvolledig", "Goedgekeurd"):
        assert (await notify(news(status, moment))).status_code == 200
    path = await thread_of(lies)
    assert "Uw aanvraag is goedgekeurd." in await text_of(lies)
    page = await text_of(lies, path)
    assert page.count("Kenmerk van de melding") == 2
    await notify(news("InBehandeling", moment))
    assert count_on(await text_of(lies)) == UNREAD


async def test_opening_again_and_again_counts_below_nothing(lies: Citizen):
    """JabbR 1031 and TheBronx/shurscript 7: each click took one more away."""
    await notify(bundle(LIES))
    await notify(bundle(LIES, TransactieId="iets anders"))
    path = await thread_of(lies)
    counts = [count_on(await text_of(lies, path)) for _ in range(3)]
    counts += [count_on(await text_of(lies)) for _ in range(2)]
    assert counts == [UNREAD] * 5


async def test_marked_unread_and_put_away_counts_no_more(lies: Citizen):
    """signalapp/Signal-iOS 4526: what was marked unread and then removed was counted for ever."""
    await notify(bundle(LIES))
    path = await thread_of(lies)
    await lies.posts(path, keuze="ongelezen")
    assert count_on(await text_of(lies)) == UNREAD
    (shown,) = re.findall(r'name="tot" value="([\w.]+)"', await text_of(lies, path))
    await lies.posts(path, keuze="ongelezen")
    await lies.posts(path, keuze="archief", tot=shown)
    assert count_on(await text_of(lies)) == READ
    assert (await lies.posts(path, keuze="archief")).headers["Location"] == path


async def test_putting_away_spares_what_came_after_the_page_was_shown(lies: Citizen):
    """What marks all as read at once often takes along what came since: here it stays, and is unread."""
    now = datetime.now(UTC)
    await notify(news("InBehandeling", now - timedelta(minutes=2)))
    path = await thread_of(lies)
    page = await text_of(lies, path)
    (shown,) = re.findall(r'name="tot" value="([\w.]+)"', page)
    await notify(news("DossierOnvolledig", now - timedelta(minutes=1)))
    assert (await lies.posts(path, keuze="archief", tot=shown)).headers["Location"] == LIST
    page = await text_of(lies)
    assert (path in page, count_on(page)) == (True, UNREAD)
    # Neither does an older page bring back what was put away since, nor a made-up one hide what has yet to come.
    (newest,) = re.findall(r'name="tot" value="([\w.]+)"', await text_of(lies, path))
    await lies.posts(path, keuze="archief", tot=newest)
    await lies.posts(path, keuze="archief", tot=shown)
    assert path not in await text_of(lies)
    ahead = f"{(int(now.timestamp()) + 10**9) * 10**6}.9.{newest.rpartition('.')[2]}"
    await lies.posts(path, keuze="archief", tot=ahead)
    await notify(news("Goedgekeurd", now))
    page = await text_of(lies)
    assert (path in page, count_on(page)) == (True, UNREAD)


async def test_final_state_that_comes_before_older_news_stays(lies: Citizen):
    """apache/polaris 232 and nautobot-app-circuit-maintenance 123: the last to arrive became the state."""
    now = datetime.now(UTC)
    states = ("Goedgekeurd", "DossierOnvolledig", "InBehandeling")
    await asyncio.gather(
        *(notify(news(status, now - timedelta(hours=hours))) for hours, status in enumerate(states, 1))
    )
    page = await text_of(lies)
    assert ("Uw aanvraag is goedgekeurd." in page, count_on(page)) == (True, UNREAD)


async def test_repeat_that_was_written_anew_is_the_same(lies: Citizen, past_walls: psycopg.Connection):
    """picqer/moneybird-php-client 305: the same again came seconds after it was taken; its text may differ then."""
    sent = news("InBehandeling", datetime(2026, 3, 3, 13, tzinfo=UTC))
    turned = dict(reversed(sent.items())) | {"DatumNotificatie": "2026-03-03T14:00:00.000+01:00"}
    answers = [await notify(each) for each in (sent, turned, json.dumps(turned, indent=4).encode())]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert past_walls.execute("select count(*) from notifications_notice").fetchone() == (1,)
    assert (await notify(turned | {"Kanalen": []})).status_code == 409
    assert past_walls.execute("select bool_and(not is_silent) from notifications_notice").fetchone() == (True,)
