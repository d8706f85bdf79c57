"""Stars and folders as they are kept: sealed, theirs alone, never lost to another tab, and gone with the link."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from portal.features.mailbox import actions, queries
from portal.features.mailbox.arranged import arrangement, folders, marks
from portal.features.mailbox.arranged.arrangement import (
    ArrangedDocument,
    Arranging,
    FolderGone,
    FolderNameTaken,
    TooManyDocuments,
    TooManyFolders,
)
from portal.features.mailbox.holding import NotLinked
from portal.features.mailbox.payments import paid
from portal.features.mailbox.registry.locating import MessagePlace
from portal.features.mailbox.tests.linking import links, occasion
from portal.features.mailbox.tests.messages import message
from portal.platform.database import pool
from tests.citizen import person, sign_in
from tests.journal_entries import entries_of

pytestmark = pytest.mark.security

STAR, NO_STAR, NOWHERE = Arranging(is_starred=True), Arranging(is_starred=False), Arranging(is_moved=True)
ENDS = datetime(2027, 3, 1, tzinfo=UTC)


def into(folder: UUID) -> Arranging:
    return Arranging(is_moved=True, folder=folder)


def document(id_: str, **more: datetime) -> MessagePlace:
    return MessagePlace("smals", f"CANARY/{id_}", **{"received_at": datetime(2026, 1, 1, tzinfo=UTC), **more})


ONE, OTHER, THIRD = (document(id_) for id_ in "123")


async def somebody() -> UUID:
    """Sign somebody in who linked their eBox."""
    citizen_id = (await sign_in(person("84651421235"))).session.citizen_id
    await links(citizen_id)
    return citizen_id


async def of(citizen_id: UUID, *documents: MessagePlace) -> Sequence[tuple[bool, UUID | None] | None]:
    found = await marks.of(citizen_id, [one.key for one in documents])
    return [(it.is_starred, it.folder) if (it := found.get(one.key)) else None for one in documents]


async def test_a_star_and_a_folder_are_of_one_document_and_leave_nothing_when_they_are_taken_away(anew):
    citizen_id = await somebody()
    bills = await folders.add(occasion(citizen_id), "Rekeningen")
    for _ in range(2):
        assert await marks.arrange(occasion(citizen_id), [ONE], STAR) == 1
    await marks.arrange(occasion(citizen_id), [ONE, OTHER], into(bills))
    assert await of(citizen_id, ONE, OTHER, THIRD) == [(True, bills), (False, bills), None]
    await marks.arrange(occasion(citizen_id), [ONE, OTHER, THIRD], NOWHERE)
    assert await of(citizen_id, ONE, OTHER, THIRD) == [(True, None), None, None]
    await marks.arrange(occasion(citizen_id), [ONE], NO_STAR)
    assert await marks.every(citizen_id) == []
    names = [entry.name for entry in await entries_of(citizen_id)]
    # What changed nothing is not written down.
    assert names.count("arrange own documents") == 4
    assert "make own document folder" in names


async def test_rows_say_nothing_nobody_else_sees_them_and_a_strange_one_is_none(anew, past_walls: psycopg.Connection):
    citizen_id = await somebody()
    folder = await folders.add(occasion(citizen_id), "CANARY map")
    await marks.arrange(occasion(citizen_id), [ONE], into(folder))
    await marks.arrange(occasion(citizen_id), [ONE], STAR)
    for table in ("mailbox_arranged", "mailbox_folder"):
        (row,) = past_walls.execute(f"select row_to_json({table})::text, mark, sealed from {table}").fetchall()
        assert [b"CANARY" in each for each in (row[0].encode(), *row[1:])] == [False] * 3
        async with pool.as_citizen(uuid4()) as conn:
            assert await (await conn.execute(f"select 1 from {table}")).fetchall() == []
    exported = [(one.kind, one.value) for one in await queries.export(citizen_id) if one.kind.startswith("ebox_")]
    wanted = {"document": ONE.key, "star": True, "folder": "CANARY map"}
    assert exported[-2:] == [("ebox_folder", "CANARY map"), ("ebox_arranged", wanted)]

    past_walls.execute("update mailbox_arranged set sealed = 'x'")
    past_walls.execute("update mailbox_folder set sealed = 'x'")
    assert await marks.every(citizen_id) == []
    assert [one.name for one in await folders.of(citizen_id)] == [""]
    assert [one.value for one in (await queries.export(citizen_id))[-2:]] == [None, None]
    # It can be arranged anew.
    await marks.arrange(occasion(citizen_id), [ONE], STAR)
    assert await of(citizen_id, ONE) == [(True, None)]


async def test_a_folder_of_another_or_one_that_is_gone_takes_nothing_and_nothing_is_lost(anew):
    citizen_id = await somebody()
    mine = await folders.add(occasion(citizen_id), "Mijn")
    await marks.arrange(occasion(citizen_id), [ONE], into(mine))
    for other in (uuid4(), mine):
        if other == mine:
            assert await folders.remove(occasion(citizen_id), mine)
            assert not await folders.remove(occasion(citizen_id), mine)
        with pytest.raises(FolderGone):
            await marks.arrange(occasion(citizen_id), [ONE, OTHER], into(other))
        with pytest.raises(FolderGone):
            await folders.rename(occasion(citizen_id), uuid4(), "Anders")
    assert await marks.every(citizen_id) == []


async def test_removing_a_folder_keeps_stars_and_other_folders(anew):
    citizen_id = await somebody()
    bills, letters = [await folders.add(occasion(citizen_id), name) for name in ("Rekeningen", "Brieven")]
    await marks.arrange(occasion(citizen_id), [ONE, OTHER], into(bills))
    await marks.arrange(occasion(citizen_id), [THIRD], into(letters))
    await marks.arrange(occasion(citizen_id), [ONE], STAR)
    assert await folders.remove(occasion(citizen_id), bills)
    assert await of(citizen_id, ONE, OTHER, THIRD) == [(True, None), None, (False, letters)]
    assert [one.name for one in await folders.of(citizen_id)] == ["Brieven"]


async def test_a_name_is_one_folder_however_it_is_written_and_there_are_so_many(anew, monkeypatch):
    monkeypatch.setattr(folders, "MOST_FOLDERS", 2)
    citizen_id = await somebody()
    first = await folders.add(occasion(citizen_id), "École")
    # owncloud/client, issue 12104: one name in two ways of writing its accents was two folders.
    for name in ("École", "ECOLE", "e\u0301cole"):
        with pytest.raises(FolderNameTaken):
            await folders.add(occasion(citizen_id), name)
    # Its own name written otherwise is no other's.
    await folders.rename(occasion(citizen_id), first, "ÉCOLE")
    second = await folders.add(occasion(citizen_id), "Auto")
    with pytest.raises(FolderNameTaken):
        await folders.rename(occasion(citizen_id), second, "ecole")
    with pytest.raises(TooManyFolders):
        await folders.add(occasion(citizen_id), "Derde")
    assert [one.name for one in await folders.of(citizen_id)] == ["Auto", "ÉCOLE"]
    assert {one.name for one in await folders.of(uuid4())} == set()


async def test_at_the_bound_nothing_more_is_kept_and_nothing_is_forgotten(anew, monkeypatch):
    monkeypatch.setattr(marks, "MOST_DOCUMENTS", 2)
    citizen_id = await somebody()
    await marks.arrange(occasion(citizen_id), [ONE, OTHER], STAR)
    with pytest.raises(TooManyDocuments):
        await marks.arrange(occasion(citizen_id), [ONE, THIRD], STAR)
    await marks.arrange(occasion(citizen_id), [ONE], NO_STAR)
    await marks.arrange(occasion(citizen_id), [THIRD], STAR)
    assert await of(citizen_id, ONE, OTHER, THIRD) == [None, (True, None), (True, None)]
    assert arrangement.MOST_DOCUMENTS == 5_000


async def test_tabs_that_change_the_same_document_at_once_undo_nothing_of_each_other(anew):
    citizen_id = await somebody()
    folder = await folders.add(occasion(citizen_id), "Map")
    changes = [STAR, into(folder)] * 4
    await asyncio.gather(*(marks.arrange(occasion(citizen_id), [ONE, OTHER], one) for one in changes))
    assert await of(citizen_id, ONE, OTHER) == [(True, folder)] * 2

    # Removed while another tab moves into it: moved out again, or refused.
    await asyncio.gather(
        folders.remove(occasion(citizen_id), folder),
        *(marks.arrange(occasion(citizen_id), [THIRD], into(folder)) for _ in range(3)),
        return_exceptions=True,
    )
    assert await of(citizen_id, ONE, OTHER, THIRD) == [(True, None), (True, None), None]


async def test_it_goes_with_the_link_even_when_it_comes_at_that_moment_and_with_its_citizen(anew, past_walls):
    citizen_id = await somebody()
    tables = ("mailbox_arranged", "mailbox_folder", "mailbox_paid")
    count = f"select {' + '.join(f'(select count(*) from {table})' for table in tables)}"
    for ends in (actions.withdraw, forgets):
        await links(citizen_id)
        folder = await folders.add(occasion(citizen_id), "Map")
        came = await asyncio.gather(
            *(marks.arrange(occasion(citizen_id), [document(str(at))], into(folder)) for at in range(4)),
            ends(occasion(citizen_id)),
            *(marks.arrange(occasion(citizen_id), [document(str(at))], STAR) for at in range(4)),
            folders.add(occasion(citizen_id), "Nog een"),
            *(paid.mark(occasion(citizen_id), str(at)) for at in range(4)),
            return_exceptions=True,
        )
        assert all(isinstance(one, NotLinked | FolderGone) for one in came if isinstance(one, Exception))
        assert past_walls.execute(count).fetchone() == (0,)
        with pytest.raises(NotLinked):
            await marks.arrange(occasion(citizen_id), [ONE], STAR)
        with pytest.raises(NotLinked):
            await folders.remove(occasion(citizen_id), folder)
        with pytest.raises(NotLinked):
            await paid.mark(occasion(citizen_id), ONE.key)


async def forgets(one) -> None:
    async with pool.as_citizen(one.citizen_id) as conn:
        await actions.forget(conn, one.citizen_id)


async def test_a_mark_stays_as_long_as_its_document_and_some_time_after_that(anew, as_worker):
    citizen_id = await somebody()
    lasting, leaving = document("lasting"), document("leaving", expires_at=ENDS)
    await marks.arrange(occasion(citizen_id), [lasting, leaving], STAR)
    folder = await folders.add(occasion(citizen_id), "Map")
    # What is said of it later without its day does not take the day away.
    await marks.arrange(occasion(citizen_id), [document("leaving")], into(folder))
    minute = timedelta(minutes=1)
    over = ENDS + arrangement.HOLDS
    async with as_worker():
        assert (await marks.expire(over - minute), await actions.expire(over + minute)) == (0, 1)
    assert await of(citizen_id, lasting, leaving) == [(True, None), None]


@pytest.mark.parametrize(("says", "stays"), [(ENDS + timedelta(days=400), True), (None, True), (ENDS, False)])
async def test_its_sender_can_move_the_day_and_a_mark_lasts_by_what_was_shown(anew, as_worker, says, stays):
    citizen_id = await somebody()
    place = document("moved", expires_at=ENDS)
    await marks.arrange(occasion(citizen_id), [place], STAR)
    shown = message(place.provider, place.id, expires_at=says)
    assert set(await marks.of_shown(citizen_id, [shown, message("smals", "other")])) == {place.key}
    async with as_worker():
        assert await marks.expire(ENDS + arrangement.HOLDS + timedelta(minutes=1)) == (not stays)


@pytest.mark.parametrize("ends", [None, ENDS + timedelta(days=400), ENDS - timedelta(days=9)])
async def test_a_mark_goes_some_time_after_its_provider_said_that_its_document_is_gone(anew, as_worker, ends):
    citizen_id = await somebody()
    lasting, retracted = document("lasting"), document("retracted", **({"expires_at": ends} if ends else {}))
    await marks.arrange(occasion(citizen_id), [lasting, retracted], STAR)
    for days in (0, 30):
        # It is counted from the first time that its provider said so.
        await marks.end(citizen_id, [retracted.key], ENDS + timedelta(days=days))
    over = min(ends or ENDS, ENDS) + arrangement.HOLDS
    minute = timedelta(minutes=1)
    async with as_worker():
        assert (await marks.expire(over - minute), await marks.expire(over + minute)) == (0, 1)
    assert await of(citizen_id, lasting, retracted) == [(True, None), None]


async def test_many_are_opened_as_they_were_kept(anew):
    citizen_id = await somebody()
    documents = [document(str(at)) for at in range(marks.MANY + 1)]
    await marks.arrange(occasion(citizen_id), documents, STAR)
    found = await marks.every(citizen_id)
    assert {one.key for one in found} == {one.key for one in documents}
    assert all(isinstance(one, ArrangedDocument) and one.is_starred for one in found)
