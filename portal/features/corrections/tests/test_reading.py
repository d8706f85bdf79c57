"""How reports are read: all that is kept of them, only what the home page can use, and no stretch without others."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from portal.features.corrections import home_block, queries
from portal.features.corrections.tests.test_delivery import put
from portal.features.corrections.tests.test_status import say, token_of
from portal.platform.journal.types import Occasion
from portal.platform.keys.boxes import Box, LetterboxKey
from tests.citizen import Citizen


async def test_others_have_the_loop_while_many_reports_are_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "STRETCH", 5)
    turns, now, report_id = 0, datetime.now(UTC), uuid4()

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    row = (report_id, "VB-1", "ahovoks.bewijzen", b"x", now, now, 0, None, None, None)
    letterbox = LetterboxKey(X25519PrivateKey.generate().private_bytes_raw(), b"")
    task = asyncio.create_task(others())
    opened = await queries._open([row] * 20, [(report_id, 1, b"x", now)] * 20, Box(bytes(32)), letterbox, now)
    task.cancel()
    assert ([one.report for one in opened], turns) == ([None] * 20, 8)


async def test_home_page_reads_reports_with_recent_news_and_those_that_did_not_arrive(
    lies: Citizen, past_walls: psycopg.Connection
) -> None:
    now, token = datetime.now(UTC), await token_of("ahovoks")
    under_way, quiet, old, new = [await put(lies) for _ in range(4)]
    for reference in (old, new):
        assert (await say(token, reference, status="verbeterd", tijdstip=now.isoformat())).status_code == 204
    past_walls.execute("update corrections_report set delivered_at = now() where reference <> %s", (under_way,))
    past_walls.execute(
        "update corrections_status set received_at = %s where report_id = "
        "(select id from corrections_report where reference = %s)",
        (now - timedelta(days=62), old),
    )
    occasion = Occasion(lies.session.citizen_id, now, str(uuid4()))
    since = now - home_block.NEWS
    assert {one.reference for one in await queries.look_at_reports(occasion, news_since=since)} == {under_way, new}
    assert {one.reference for one in await queries.look_at_reports(occasion)} == {under_way, quiet, old, new}


async def test_answer_that_comes_today_is_news_whatever_its_body_dates_it(
    lies: Citizen, past_walls: psycopg.Connection
) -> None:
    now, token = datetime.now(UTC), await token_of("ahovoks")
    long_ago = now - timedelta(days=100)
    reference = await put(lies, now=long_ago)
    answer = await say(token, reference, status="verbeterd", tijdstip=(long_ago + timedelta(days=1)).isoformat())
    assert answer.status_code == 204
    (report,) = await queries.reports_of(lies.session.citizen_id, now=now)
    assert [signal.rule for signal in home_block.signals_of(report, now)] == [home_block.ANSWERED.id]
    past_walls.execute("update corrections_status set received_at = %s", (now - home_block.NEWS - timedelta(1),))
    (report,) = await queries.reports_of(lies.session.citizen_id, now=now)
    assert list(home_block.signals_of(report, now)) == []


async def test_reports_of_a_citizen_whose_keys_are_gone_are_shown_as_unreadable_and_never_as_none(
    lies: Citizen, past_walls: psycopg.Connection, past_key_walls: psycopg.Connection
) -> None:
    """An answer that came counts, though nobody can read it: its report reached the body, whatever the tries say."""
    now, token = datetime.now(UTC), await token_of("ahovoks")
    reference = await put(lies)
    assert (await say(token, reference, status="verbeterd", tijdstip=now.isoformat())).status_code == 204
    past_walls.execute("update corrections_report set failed_at = now(), failure = 'unreachable'")
    past_key_walls.execute("delete from keys_citizen where citizen_id = %s", (lies.session.citizen_id,))
    (exported,) = await queries.export(lies.session.citizen_id)
    assert (exported.value["reference"], exported.value["report"]) == (reference, None)
    (followed,) = await queries.reports_of(lies.session.citizen_id, now=now)
    assert (followed.current, followed.unreadable, followed.is_lost_on_the_way) == (None, (1,), False)
    assert list(home_block.signals_of(followed, now)) == []
    listed = (await lies.gets("/verbeteren/")).content.decode()
    assert (reference in listed, "Antwoord niet leesbaar" in listed) == (True, True)
    page = (await lies.gets(f"/verbeteren/melding/{reference}/")).content.decode()
    for words in ("kunnen wij dat niet meer lezen", "geef uw kenmerk door", "niet meer lezen wat u meldde"):
        assert words in page
    assert "kijkt uw melding na" not in page
    # What comes from now on is sealed with keys that are there.
    said = {"volgnummer": 2, "status": "geweigerd", "reden": "Het klopt.", "tijdstip": now.isoformat()}
    assert (await say(token, reference, **said)).status_code == 204
    page = (await lies.gets(f"/verbeteren/melding/{reference}/")).content.decode()
    assert ("Het klopt." in page, "Hiertussen kwam 1 bericht" in page) == (True, True)
