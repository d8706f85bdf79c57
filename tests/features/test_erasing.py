"""Erasing everything: nothing of the citizen is left in either database, whatever dies when, or comes back later."""

import asyncio
import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.core.exceptions import RequestAborted
from django.test import RequestFactory

from portal.channels.entry import views as entry
from portal.channels.entry.admission import AgeCheck
from portal.features.mailbox import actions as mailbox
from portal.features.notifications import actions as notifications
from portal.features.notifications.tests.test_at_once import waits
from portal.features.privacy import journalling, keepers
from portal.features.profile import actions as profile
from portal.platform.access import cookies, erasing, pending, sessions
from portal.platform.access.types import Admitted
from portal.platform.database import pool
from portal.platform.feature import installed
from portal.platform.journal import erasing as journal
from portal.platform.keys import citizens, subjects
from portal.platform.keys.errors import KeysGone
from portal.platform.mail import actions as mail
from tests.citizen import Citizen
from tests.everything import comes, occasion
from tests.features.erased import PAGE, PUT_KEPT, STANDS, UNTOLD, YES, Killed, tables_with
from tests.inbox import past_walls as rows_past_walls
from tests.journal_entries import entries_of

pytestmark = pytest.mark.security
GROUND = journalling.ERASING
# Where each consent is taken back that `fill` gives, by the feature that asked it.
WITHDRAWN_AT = (
    "/brievenbus/ebox/ontkoppelen/",
    "/brievenbus/archief/stoppen/",
    "/uw-gegevens/contactvoorkeuren/",
    "/profiel/roepnaam/verwijderen/",
    "/profiel/foto/verwijderen/",
    "/profiel/e-mail/verwijderen/",
    "/profiel/e-mail/[0-9a-f-]{36}/verwijderen/",
    "/profiel/adressen/[0-9a-f-]{36}/verwijderen/",
)


async def job(past_walls: psycopg.Connection) -> UUID:
    """Give what the job that came with the erasure is called with."""
    found = past_walls.execute(
        "select (args->>'erasure_id')::uuid from procrastinate_jobs where task_name = %s order by id desc limit 1",
        (erasing.FINISH,),
    ).fetchone()
    assert found is not None
    return UUID(str(found[0]))


async def test_nothing_is_left_and_the_receipt_is_of_nobody(lies: Citizen, past_walls, past_key_walls, caplog):
    citizen_id, subject = lies.session.citizen_id, await subjects.of(lies.session.citizen_id)
    elsewhere = await comes()
    assert len(tables_with(citizen_id, past_walls, past_key_walls)) >= 20
    withdrawal = html.unescape((await lies.gets("/privacy/rechten/intrekking/")).content.decode())
    assert [href for href in WITHDRAWN_AT if not re.search(f'href="{href}">trek in', withdrawal)] == []
    page = (await lies.gets(PAGE)).content.decode()
    assert [words for words in ("Wat weg gaat", "Wat blijft", "Brievenbus", "Meldingen") if words not in page] == []
    refused = await lies.posts(PAGE)
    assert (refused.status_code, "Vink aan dat u alles wilt wissen" in refused.content.decode()) == (422, True)
    assert "profile_kept" in tables_with(citizen_id, past_walls)
    answer = await lies.posts(PAGE, **YES)
    receipt = answer.content.decode()
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert answer.cookies[cookies.SESSION]["max-age"] == 0
    assert [
        one for one in ("Jan", "Peeters", str(citizen_id), str(subject), "Afmelden</button>") if one in receipt
    ] == []
    assert ("Uw sleutels volgen" in receipt, "melden nu aan de eBox" in receipt) == (False, True)
    # How many lines of the journal went would tell how much use of their data was withheld.
    assert re.search(r"\d+ regels", receipt) is None
    assert "Wat in ons logboek over u stond, is weg." in receipt
    assert tables_with(citizen_id, past_walls, past_key_walls) == STANDS | UNTOLD
    await erasing.close_finished(datetime.now(UTC) + erasing.LONGEST_PAGE)
    assert tables_with(citizen_id, past_walls, past_key_walls) == UNTOLD
    past_walls.execute("delete from mailbox_untold where citizen_id = %s", (citizen_id,))
    assert tables_with(citizen_id, past_walls, past_key_walls) == set()
    assert past_walls.execute("select 1 from journal_entry where subject = %s", (subject,)).fetchone() is None
    told = past_walls.execute(
        "select cardinality(erased) from journal_entry where erased is not null order by id desc"
    )
    assert told.fetchone()[0] > 12
    for session in (lies.session, elsewhere.session):
        assert not await sessions.is_live(session, now=datetime.now(UTC))
    assert str(citizen_id) not in caplog.text
    again = await lies.posts(PAGE, **YES)
    assert again.status_code == 303


async def test_who_signs_in_again_starts_from_nothing(lies: Citizen, past_walls, past_key_walls):
    citizen_id, before = lies.session.citizen_id, await subjects.of(lies.session.citizen_id)
    await lies.posts(PAGE, **YES)
    await erasing.come_back(citizen_id)
    who = await comes()
    assert who.session.citizen_id == citizen_id
    assert who.session.journal_subject not in (None, before)
    found = {keeper.id: len(await keeper.export(citizen_id)) for keeper in keepers.every_keeper()}
    assert {name: count for name, count in found.items() if count} == {"access": 2, "mailbox": 1}
    assert tables_with(citizen_id, past_walls) == {"access_session", "access_device"} | UNTOLD
    await profile.propose_nickname(occasion(citizen_id), "Opnieuw")
    assert len(await entries_of(citizen_id)) == 1
    assert past_key_walls.execute("select 1 from keys_erasure").fetchone() is None


async def test_who_is_erased_elsewhere_while_they_sign_in_keeps_what_comes_after(somebody: Citizen, monkeypatch):
    """The register is asked meanwhile: without another look they would keep nothing for thirteen hours."""
    citizen_id = somebody.session.citizen_id

    async def erased_meanwhile(*_: Any, **__: Any) -> AgeCheck:
        await erasing.erase(somebody.session, occasion(citizen_id), GROUND, erasing.forget_steps())
        return AgeCheck(Admitted(), None)

    monkeypatch.setattr(entry, "judge", erased_meanwhile)
    request: Any = RequestFactory().get("/")
    request.correlation_id, request.session = str(uuid4()), None
    now = datetime.now(UTC)
    returned = await entry._open(request, somebody.session.identity, pending.begin("/", now=now))
    session = await sessions.find(returned.session, now=now)
    assert session is not None
    await profile.propose_nickname(occasion(citizen_id), "Opnieuw")
    assert session.journal_subject == await subjects.of(citizen_id)


async def test_mailbox_forgets_before_notifications(monkeypatch: pytest.MonkeyPatch):
    """The worker puts news of the eBox into the tables of notifications for as long as there is a box."""
    order = list(erasing.forget_steps())
    assert order.index(mailbox.forget) < order.index(notifications.forget)
    assert order[0] is mail.forget
    assert len(order) == 1 + len(installed.with_tables())


async def test_two_tabs_erase_once(somebody: Citizen, past_walls):
    other = await comes()
    first = "select count(*) from journal_entry where erased is not null"
    (before,) = past_walls.execute(first).fetchone()
    answers = await asyncio.gather(somebody.posts(PAGE, **YES), somebody.posts(PAGE, **YES), other.posts(PAGE, **YES))
    said = sorted("Alles was al gewist" in one.content.decode() for one in answers if one.status_code == 200)
    assert said[0] is False
    assert set(said[1:]) <= {True}
    assert {one.status_code for one in answers} <= {200, 303, 403}
    assert past_walls.execute(first).fetchone() == (before + 1,)


async def test_what_dies_before_the_main_database_is_done_leaves_all_as_it_was(
    lies: Citizen, monkeypatch, past_walls, past_key_walls
):
    citizen_id = lies.session.citizen_id
    before = tables_with(citizen_id, past_walls, past_key_walls)

    async def dies(*_: Any) -> None:
        raise Killed

    for at in range(len(erasing.forget_steps()) + 1):
        forgets = list(erasing.forget_steps())
        forgets.insert(at, dies)
        with pytest.raises(Killed):
            await erasing.erase(lies.session, occasion(citizen_id), GROUND, forgets)
        assert tables_with(citizen_id, past_walls, past_key_walls) == before

    # Who says that it failed takes back that it was begun.
    async def fails(*_: Any) -> None:
        raise pool.DatabaseBusy("away")

    monkeypatch.setattr(erasing, "forget_steps", lambda: [fails])
    answer = await lies.posts(PAGE, **YES)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert past_key_walls.execute("select 1 from keys_erasure").fetchone() is None
    assert tables_with(citizen_id, past_walls, past_key_walls) >= before
    assert await sessions.is_live(lies.session, now=datetime.now(UTC))


async def test_signing_out_in_another_tab_is_not_told_as_an_erasure(somebody: Citizen, monkeypatch, past_walls):
    """The guard let the page in, and the session ended before it was taken away."""
    take = erasing.journal.erase_entries

    async def signed_out_first(*given: Any) -> int:
        await sessions.close(somebody.session)
        return await take(*given)

    monkeypatch.setattr(erasing.journal, "erase_entries", signed_out_first)
    answer = await somebody.posts(PAGE, **YES)
    assert (answer.status_code, "verlopen" in answer["Location"]) == (303, True)
    assert "profile_kept" in tables_with(somebody.session.citizen_id, past_walls)


async def test_tab_that_fails_takes_nothing_from_the_one_that_erases(somebody: Citizen, past_walls, past_key_walls):
    """Else the worker could not finish what dies after that."""
    citizen_id = somebody.session.citizen_id

    async def other_fails(*_: Any) -> None:
        failing = asyncio.create_task(erasing.erase(somebody.session, occasion(citizen_id), GROUND, [fails]))
        await waits(past_walls, failing)
        late.append(failing)

    async def fails(*_: Any) -> None:
        raise pool.DatabaseBusy("away")

    late: list[asyncio.Task[Any]] = []
    begun = "select erased_at is null from keys_erasure where citizen_id = %s"

    async def dies(_: UUID) -> None:
        with pytest.raises((erasing.AlreadyErased, pool.DatabaseBusy)):
            await late[0]
        assert past_key_walls.execute(begun, (citizen_id,)).fetchone() == (True,)
        raise Killed

    with pytest.MonkeyPatch.context() as killed:
        killed.setattr(erasing, "_erase_keys", dies)
        with pytest.raises(Killed):
            await erasing.erase(
                somebody.session, occasion(citizen_id), GROUND, [*erasing.forget_steps(), other_fails]
            )
    async with pool.as_citizen(citizen_id) as conn:
        assert await (await conn.execute(erasing.STANDS, (citizen_id,))).fetchone() is not None


async def test_key_database_away_at_first_erases_nothing(somebody: Citizen, monkeypatch, past_walls, past_key_walls):
    before = tables_with(somebody.session.citizen_id, past_walls, past_key_walls)

    async def away(*_: Any) -> None:
        raise pool.NoConnection("away")

    monkeypatch.setattr(citizens, "begin_erasing", away)
    assert (await somebody.posts(PAGE, **YES)).status_code == 503
    assert tables_with(somebody.session.citizen_id, past_walls, past_key_walls) >= before


@pytest.mark.parametrize("by", ["worker", "sign-in", "what is left", "portal"])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_what_dies_between_the_databases_is_finished(
    somebody: Citizen, monkeypatch, past_walls, past_key_walls, as_worker, when: str, by: str
):
    citizen_id = somebody.session.citizen_id
    erase_keys = journal.erase_keys

    async def dies(whose: UUID) -> None:
        if when == "after":
            await erase_keys(whose)
        raise Killed

    monkeypatch.setattr(journal, "erase_keys", dies)
    with pytest.raises(Killed):
        await erasing.erase(somebody.session, occasion(citizen_id), GROUND, erasing.forget_steps())
    monkeypatch.setattr(journal, "erase_keys", erase_keys)
    assert tables_with(citizen_id, past_walls) == STANDS | UNTOLD
    assert bool(tables_with(citizen_id, past_key_walls)) == (when == "before")
    erasure_id = await job(past_walls)
    if by == "sign-in":
        await erasing.come_back(citizen_id)
    elif by == "portal":
        # The begun stands in no key database that was put back: the worker may not take the keys then.
        past_key_walls.execute("delete from keys_erasure")
        async with as_worker():
            await erasing.finish_overdue(datetime.now(UTC) + timedelta(minutes=1))
        assert bool(tables_with(citizen_id, past_key_walls)) == (when == "before")
        await erasing.close_finished(datetime.now(UTC) + erasing.LONGEST_PAGE)
    else:
        async with as_worker():
            if by == "worker":
                await erasing.finish(erasure_id)
            await erasing.finish_overdue(datetime.now(UTC) + timedelta(minutes=1))
        assert tables_with(citizen_id, past_walls, past_key_walls) == STANDS | UNTOLD
        await erasing.close_finished(datetime.now(UTC) + erasing.LONGEST_PAGE)
    assert tables_with(citizen_id, past_walls, past_key_walls) == UNTOLD
    # The job comes late, when somebody made keys again: it takes none of those.
    await erasing.come_back(citizen_id)
    await citizens.ensure(citizen_id)
    async with as_worker():
        await erasing.finish(erasure_id)
    await citizens.data_box(citizen_id)


async def test_key_database_that_goes_away_between_is_told(somebody: Citizen, monkeypatch, past_walls):
    async def away(*_: Any) -> None:
        raise pool.NoConnection("away")

    monkeypatch.setattr(journal, "erase_keys", away)
    receipt = (await somebody.posts(PAGE, **YES)).content.decode()
    assert "Uw sleutels volgen vanzelf" in receipt
    assert tables_with(somebody.session.citizen_id, past_walls) == STANDS | UNTOLD


async def test_a_page_or_job_that_was_under_way_brings_nothing_back(
    lies: Citizen, past_walls, past_key_walls, as_worker, monkeypatch
):
    """Elsewhere a stale session made the deleted account anew (devtrack issue 1632, notra pull request 846)."""
    citizen_id = lies.session.citizen_id
    copying = aiter((await lies.posts("/privacy/uitvoer/")).streaming_content)
    await anext(copying)
    (waiting,) = past_walls.execute(
        "select id from mail_outbox where citizen_id = %s limit 1", (citizen_id,)
    ).fetchone()
    erase_keys = journal.erase_keys

    async def after_a_page_put_something_in(whose: UUID) -> None:
        await comes()  # a sign-in that was judged before
        rows_past_walls(PUT_KEPT, whose, "nickname", b"sealed", "roepnaam-1")
        await erase_keys(whose)

    monkeypatch.setattr(journal, "erase_keys", after_a_page_put_something_in)
    answer = await lies.posts(PAGE, **YES)
    assert answer.status_code == 200
    # Also the kind of device of the sign-in.
    assert tables_with(citizen_id, past_walls, past_key_walls) == STANDS | UNTOLD

    async def goes_on() -> None:
        async for _ in copying:
            pass

    with pytest.raises(RequestAborted):
        await goes_on()
    for keeps in (
        profile.propose_nickname(occasion(citizen_id), "Terug"),
        profile.keep_photo(occasion(citizen_id), b"photo"),
        mailbox.link(occasion(citizen_id), uuid4(), "84651421235"),
    ):
        with pytest.raises(KeysGone):
            await keeps
    async with as_worker():
        await mail.deliver(waiting)
        passing = {await subjects.of(citizen_id) for _ in range(2)}
    assert len(passing) == 2
    assert tables_with(citizen_id, past_walls, past_key_walls) == STANDS | UNTOLD
    # One with a key of before, after the second look: it is seen at the last.
    rows_past_walls(PUT_KEPT, citizen_id, "nickname", b"sealed", "roepnaam-1")
    await comes()
    await erasing.close_finished(datetime.now(UTC) + erasing.LONGEST_PAGE - timedelta(minutes=1))
    assert "profile_kept" in tables_with(citizen_id, past_walls)
    await erasing.close_finished(datetime.now(UTC) + erasing.LONGEST_PAGE)
    assert tables_with(citizen_id, past_walls, past_key_walls) == UNTOLD


async def test_who_makes_keys_while_they_are_erased_waits_and_makes_none(anew: None, past_key_walls):
    citizen_id = uuid4()
    await citizens.begin_erasing(citizen_id)
    async with pool.as_citizen(citizen_id, pool.KEYS) as conn:
        await conn.execute(citizens.ERASE, (citizen_id,))
        making = asyncio.create_task(citizens.ensure(citizen_id))
        await waits(past_key_walls, making)
        assert not making.done()
    with pytest.raises(KeysGone):
        await making
    assert (
        past_key_walls.execute("select 1 from keys_citizen where citizen_id = %s", (citizen_id,)).fetchone() is None
    )


async def test_each_role_erases_no_more_than_its_part(somebody: Citizen, as_worker, past_walls, past_key_walls):
    citizen_id = somebody.session.citizen_id
    before = tables_with(citizen_id, past_walls, past_key_walls)
    async with pool.as_citizen(citizen_id) as conn:
        assert (await conn.execute("delete from access_device where citizen_id = %s", (citizen_id,))).rowcount == 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with pool.as_citizen(citizen_id, pool.KEYS) as conn:
            await conn.execute(citizens.ERASE_BEGUN, (citizen_id,))
    async with as_worker():
        for statement in (citizens.ERASE_BEGUN, citizens.ERASE, citizens.BEGIN_ERASING):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                async with pool.as_citizen(citizen_id, pool.KEYS) as conn:
                    await conn.execute(statement, (citizen_id,))
        await erasing.finish(uuid4())
    assert tables_with(citizen_id, past_walls, past_key_walls) == before
    # What was erased is remembered for the longest session, and no longer.
    await citizens.erase(citizen_id)
    async with as_worker():
        assert await citizens.expire(datetime.now(UTC) + timedelta(hours=12)) == 0
        assert await citizens.expire(datetime.now(UTC) + timedelta(hours=14)) == 1
