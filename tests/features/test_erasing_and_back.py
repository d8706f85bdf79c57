"""Who had everything erased signs in again, whatever is away meanwhile: they keep what comes after, or wait."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import RequestFactory

from portal.channels.entry import views as entry
from portal.channels.entry.admission import AgeCheck
from portal.features.privacy import journalling
from portal.features.profile import actions as profile
from portal.platform.access import erasing, pending, sessions
from portal.platform.access.types import Admitted, Session
from portal.platform.database import pool, terms
from portal.platform.journal import erasing as journal
from portal.platform.keys import citizens, subjects
from tests.citizen import Citizen
from tests.everything import occasion
from tests.features.erased import PAGE, STANDS, UNTOLD, YES, Killed, tables_with

pytestmark = pytest.mark.security
GROUND = journalling.ERASING


async def _admits(*_: Any, **__: Any) -> AgeCheck:
    return AgeCheck(Admitted(), None)


async def _away(*_: Any) -> None:
    raise pool.NoConnection("away")


async def _signs_in(who: Citizen) -> Session | None:
    request: Any = RequestFactory().get("/")
    request.correlation_id, request.session = str(uuid4()), None
    now = datetime.now(UTC)
    returned = await entry._open(request, who.session.identity, pending.begin("/", now=now))
    return await sessions.find(returned.session, now=now)


async def _keeps(session: Session | None, citizen_id: UUID) -> None:
    assert session is not None
    await profile.propose_nickname(occasion(citizen_id), "Opnieuw")
    assert session.journal_subject == await subjects.of(citizen_id)


async def test_key_database_away_lets_nobody_in_whose_erasure_it_still_has(
    somebody: Citizen, monkeypatch, past_walls
):
    """Else their session could keep nothing, and would bear a name in the journal that leads to nobody."""
    citizen_id = somebody.session.citizen_id
    monkeypatch.setattr(entry, "judge", _admits)
    await somebody.posts(PAGE, **YES)
    with monkeypatch.context() as while_away:
        while_away.setattr(citizens, "come_back", _away)
        with pytest.raises(pool.DatabaseBusy):
            await _signs_in(somebody)
    assert tables_with(citizen_id, past_walls) - UNTOLD == STANDS
    await _keeps(await _signs_in(somebody), citizen_id)


async def test_who_comes_after_the_erasure_was_closed_needs_no_key_database(
    somebody: Citizen, monkeypatch, past_walls
):
    citizen_id = somebody.session.citizen_id
    monkeypatch.setattr(entry, "judge", _admits)
    await somebody.posts(PAGE, **YES)
    closing = datetime.now(UTC) + erasing.LONGEST_PAGE
    with monkeypatch.context() as while_away:
        while_away.setattr(citizens, "come_back", _away)
        await erasing.close_finished(closing)
        assert tables_with(citizen_id, past_walls) - UNTOLD == STANDS
    await erasing.close_finished(closing)
    assert tables_with(citizen_id, past_walls) - UNTOLD == set()
    monkeypatch.setattr(citizens, "come_back", _away)
    await _keeps(await _signs_in(somebody), citizen_id)


async def test_who_is_erased_just_before_their_session_is_opened_starts_anew(somebody: Citizen, monkeypatch):
    citizen_id = somebody.session.citizen_id
    opens, erased = sessions.open_session, list[bool]()

    async def opens_late(*given: Any, **named: Any) -> Any:
        if not erased:
            erased.append(True)
            await erasing.erase(somebody.session, occasion(citizen_id), GROUND, erasing.forget_steps())
        return await opens(*given, **named)

    monkeypatch.setattr(entry, "judge", _admits)
    monkeypatch.setattr(sessions, "open_session", opens_late)
    await _keeps(await _signs_in(somebody), citizen_id)


async def test_session_that_slipped_in_ends_also_where_the_worker_erases_the_keys(
    somebody: Citizen, monkeypatch, past_walls, as_worker
):
    """The erasure deletes sessions at its start: one that is opened before it commits is not among them."""
    citizen_id, now = somebody.session.citizen_id, datetime.now(UTC)

    async def dies(_: UUID) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(journal, "erase_keys", dies)
        with pytest.raises(Killed):
            await erasing.erase(somebody.session, occasion(citizen_id), GROUND, erasing.forget_steps())
    slipped, _ = await sessions.open_session(somebody.session.identity, now=now)
    async with as_worker():
        await erasing.finish_overdue(now + timedelta(minutes=1))
    assert await sessions.is_live(slipped, now=now)
    await erasing.close_finished(now + timedelta(minutes=1) + erasing.LONGEST_PAGE)
    assert not await sessions.is_live(slipped, now=now)
    assert tables_with(citizen_id, past_walls) - UNTOLD == set()


async def test_erasure_that_is_closed_while_its_citizen_erases_once_more_keeps_neither_from_it(
    somebody: Citizen, monkeypatch, past_walls
):
    citizen_id, now = somebody.session.citizen_id, datetime.now(UTC)
    begins, begun = citizens.begin_erasing, asyncio.Event()

    async def begins_and_tells(erased: UUID) -> None:
        await begins(erased)
        begun.set()

    await erasing.erase(somebody.session, occasion(citizen_id), GROUND, erasing.forget_steps())
    again, _ = await sessions.open_session(somebody.session.identity, now=now)
    monkeypatch.setattr(citizens, "begin_erasing", begins_and_tells)
    # A second after the sessions are locked, which is when the row of the erasure is too.
    monkeypatch.setattr(erasing, "CLOSE_ALL", f"{erasing.CLOSE_ALL}, pg_sleep(1)")
    erases = asyncio.create_task(erasing.erase(again, occasion(citizen_id), GROUND, erasing.forget_steps()))
    await begun.wait()
    await asyncio.sleep(0.3)
    await erasing.come_back(citizen_id)
    assert (await erases).is_whole
    assert tables_with(citizen_id, past_walls) - UNTOLD == set()


async def test_erasure_that_is_never_finished_counts_as_overdue(
    somebody: Citizen, monkeypatch, past_walls, as_worker
):
    monkeypatch.setattr(journal, "erase_keys", _away)
    await somebody.posts(PAGE, **YES)
    (erasure,) = [term for term in terms.terms() if term.table == "access_erasure"]
    overdue = list[int]()
    for minutes in (20, 60):
        since = datetime.now(UTC) - timedelta(minutes=minutes)
        past_walls.execute("update access_erasure set at = %s where erased_at is null", (since,))
        async with as_worker():
            overdue.append((await terms.count_overdue(erasure, datetime.now(UTC))).now)
    assert overdue == [0, 1]
