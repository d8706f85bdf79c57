"""The list, a thread, and the bell: what is unread, what is new, what was put away."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from portal.features.notifications import queries
from portal.features.notifications.tests.notifying import PAIRS, bundle, notify
from portal.platform.keys import citizens
from tests.citizen import Citizen, person, sign_in
from tests.journal_entries import entries_of

pytestmark = pytest.mark.security

LIES, OTHER = "84651421235", "71690999827"
LIST = "/brievenbus/meldingen/"
BELL = re.compile(r'class="bell[^>]*>.*?</a>', re.DOTALL)


def count_on(page: str) -> str:
    """Read what the bell says, as a screen reader does."""
    (bell,) = BELL.findall(page)
    found = re.search(r"visually-hidden\">: (\d+\+?) ongelezen", bell)
    return found[1] if found else ""


async def text_of(who: Citizen, path: str = LIST, **query: str) -> str:
    answer = await who.gets(path, **query)
    assert answer.status_code == 200
    return answer.content.decode()


async def thread_of(who: Citizen) -> str:
    return re.findall(rf"{LIST}[0-9a-f-]{{36}}/", await text_of(who))[0]


async def archive(who: Citizen, path: str) -> None:
    """Archive a thread as its page does."""
    (shown,) = re.findall(r'name="tot" value="([\w.]+)"', await text_of(who, path))
    assert (await who.posts(path, keuze="archief", tot=shown)).headers["Location"] == LIST


async def test_bell_counts_what_is_unread_and_opening_takes_it_away(lies: Citizen):
    await notify(bundle(LIES))
    await notify(bundle(LIES, TransactieId="iets anders"))
    page = await text_of(lies)
    assert (count_on(page), page.count("Ongelezen"), page.count("Nieuw in deze lijst")) == ("2", 2, 2)
    again = await text_of(lies)
    assert (count_on(again), again.count("Ongelezen"), again.count("Nieuw in deze lijst")) == ("2", 2, 0)
    assert count_on(await text_of(lies, await thread_of(lies))) == "1"
    assert count_on(await text_of(lies)) == "1"


async def test_headers_alone_open_nothing(lies: Citizen):
    await notify(bundle(LIES))
    path = await thread_of(lies)
    await lies.client.head(path)
    assert count_on(await text_of(lies)) == "1"


async def test_silent_update_changes_neither_and_its_state_is_shown(lies: Citizen):
    now = datetime.now(UTC)
    await notify(bundle(LIES, DatumNotificatie=(now - timedelta(hours=2)).isoformat()))
    path = await thread_of(lies)
    await text_of(lies, path)
    await notify(bundle(LIES, Kanalen=[], pairs=PAIRS | {"StatusVlaamseCode": "Goedgekeurd"}))
    page = await text_of(lies)
    assert (count_on(page), page.count("Ongelezen"), page.count("Nieuw in deze lijst")) == ("", 0, 0)
    assert "Uw aanvraag is goedgekeurd." in page


async def test_late_notice_neither_becomes_the_state_nor_makes_unread(lies: Citizen):
    now = datetime.now(UTC)
    await notify(bundle(LIES, pairs=PAIRS | {"StatusVlaamseCode": "Goedgekeurd"}))
    path = await thread_of(lies)
    await text_of(lies, path)
    await notify(bundle(LIES, DatumNotificatie=(now - timedelta(days=1)).isoformat()))
    page = await text_of(lies)
    assert (count_on(page), "Uw aanvraag is goedgekeurd." in page) == ("", True)
    one = await text_of(lies, path)
    assert one.index("Uw aanvraag is goedgekeurd.") < one.index("De dienst behandelt uw dossier.")


async def test_marking_unread_again_holds_until_it_is_opened(lies: Citizen):
    await notify(bundle(LIES))
    path = await thread_of(lies)
    await text_of(lies, path)
    assert (await lies.posts(path, keuze="ongelezen")).headers["Location"] == LIST
    assert count_on(await text_of(lies)) == "1"
    assert count_on(await text_of(lies, path)) == ""


async def test_archive_holds_until_something_loud_comes(lies: Citizen):
    now = datetime.now(UTC)
    await notify(bundle(LIES))
    path = await thread_of(lies)
    await archive(lies, path)
    assert path not in await text_of(lies)
    assert path in await text_of(lies, archief="1")
    await notify(bundle(LIES, Kanalen=[], DatumNotificatie=now.isoformat()))
    assert path not in await text_of(lies)
    await notify(bundle(LIES, DatumNotificatie=now.isoformat()))
    page = await text_of(lies)
    assert (path in page, count_on(page)) == (True, "1")
    await archive(lies, path)
    await lies.posts(path, keuze="terug")
    assert path in await text_of(lies)


async def test_nobody_else_sees_or_changes_it(lies: Citizen):
    await notify(bundle(LIES))
    path, other = await thread_of(lies), await sign_in(person(OTHER))
    assert (await other.gets(path)).status_code == 404
    shown = f"1772542800000000.1.{path.strip('/').rpartition('/')[2].replace('-', '')}"
    tried = [await other.posts(path, keuze=each, tot=shown) for each in ("ongelezen", "archief", "terug")]
    assert [answer.status_code for answer in tried] == [404] * 3
    assert path not in await text_of(other)
    assert count_on(await text_of(other)) == ""


async def test_long_list_goes_on_and_nothing_stands_there_twice(lies: Citizen):
    moment = datetime.now(UTC) - timedelta(hours=1)
    for at in range(30):
        # Of the same moment, in threes.
        when = (moment + timedelta(minutes=at // 3)).isoformat()
        await notify(bundle(LIES, TransactieId=f"dossier {at}", DatumNotificatie=when))
    shown, page = [], await text_of(lies)
    assert count_on(page) == "30"
    for _ in range(3):
        shown += re.findall(rf'<h2><a href="({LIST}[^"]*)"', page)
        found = re.search(r"vanaf=([\w.]+)\">Oudere", page)
        if found is None:
            break
        page = await text_of(lies, vanaf=found[1])
    assert (len(shown), len(set(shown))) == (30, 30)
    assert (await lies.gets(LIST, vanaf="1.x.y")).status_code == 200
    assert (await lies.gets(LIST, vanaf="9" * 99)).status_code == 200


async def test_first_look_seals_to_the_citizen_what_waited_and_is_written_down(lies: Citizen, past_walls):
    waiting = "select is_waiting from notifications_notice"
    await notify(bundle(LIES))
    assert past_walls.execute(waiting).fetchall() == [(True,)]
    await text_of(lies)
    assert past_walls.execute(waiting).fetchall() == [(False,)]
    assert "De dienst behandelt uw dossier." in await text_of(lies)
    (access, *_) = await entries_of(lies.session.citizen_id, most=1)
    assert (access.name, [use.activity.name for use in access.uses]) == ("look at own notices", ["ahovoks.meldingen"])


@pytest.mark.parametrize("gone", ["delete from keys_citizen", "update keys_citizen set private_key = 'v1:x'"])
async def test_notice_whose_keys_are_gone_says_so_and_hides_nothing_else(lies: Citizen, past_key_walls, gone):
    await citizens.ensure(lies.session.citizen_id)
    await notify(bundle(LIES))
    past_key_walls.execute(f"{gone} where citizen_id = %s", (lies.session.citizen_id,))
    page = await text_of(lies)
    assert ("Deze melding kunnen wij niet meer lezen." in page, count_on(page)) == (True, "1")
    assert (await lies.gets(await thread_of(lies))).status_code == 200
    copied = [record.value for record in await queries.export(lies.session.citizen_id) if record.kind == "notice"]
    assert [value["notice"] for value in copied] == [None]
