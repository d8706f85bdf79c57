"""Copies of documents: sealed in parts that fit nowhere else, within their room, whole or not there."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from django.test import override_settings
from msgspec.structs import replace

from portal.features.mailbox import actions, queries
from portal.features.mailbox.copies import consent, limits, reading, sealing, writing
from portal.features.mailbox.copies.reading import CopyDamagedError
from portal.features.mailbox.copies.types import CopyExtent, MailboxCopy
from portal.features.mailbox.copies.writing import CopyThere, NotKept
from portal.features.mailbox.tests.copying import facts, keep, stream_of
from portal.features.mailbox.tests.linking import occasion
from portal.platform.database import pool
from tests.journal_entries import entries_of
from tests.waiting import until

pytestmark = pytest.mark.security

KEY = "smals|CANARY/1"
LARGE = bytes(range(256)) * (5 * sealing.PART // 512)  # two parts and a half


async def somebody() -> UUID:
    """Make a citizen who has an archive."""
    citizen_id = uuid4()
    await consent.give(occasion(citizen_id))
    return citizen_id


async def keeps(citizen_id: UUID, *files: bytes, key: str = KEY) -> UUID:
    """Keep a copy with a letter and files."""
    return await keep(occasion(citizen_id), key, *files)


async def find(citizen_id: UUID, copy_id: UUID) -> MailboxCopy:
    copy = await reading.find(citizen_id, copy_id)
    assert copy is not None
    return copy


async def read(citizen_id: UUID, copy_id: UUID, item: int = 1) -> bytes:
    copy = await find(citizen_id, copy_id)
    assert copy.facts is not None
    extent = copy.facts.files[item - 1].extent
    return await read_all(citizen_id, copy_id, item, extent)


async def read_all(citizen_id: UUID, copy_id: UUID, item: int, extent: CopyExtent) -> bytes:
    return b"".join([one async for one in reading.chunks(citizen_id, copy_id, item, extent)])


@pytest.mark.parametrize("size", [0, 1, sealing.PART - 1, sealing.PART, sealing.PART + 1, 2 * sealing.PART])
async def test_what_is_kept_is_read_again_byte_for_byte(anew, size):
    citizen_id = await somebody()
    content = LARGE[:size]
    copy_id = await keeps(citizen_id, content)
    copy = await find(citizen_id, copy_id)
    assert copy.facts is not None
    (file,) = copy.facts.files
    assert (file.extent.size, file.extent.sha256) == (size, hashlib.sha256(content).hexdigest())
    assert await read(citizen_id, copy_id) == content
    assert (await reading.letter(citizen_id, copy)) is not None
    assert copy.size == size + copy.facts.letter.size


async def test_parts_are_the_same_however_they_come(anew):
    citizen_id = await somebody()
    writer = await writing.begin(occasion(citizen_id), KEY)
    pieces = [LARGE[at : at + 70_001] for at in range(0, len(LARGE), 70_001)]
    extent = await writer.write(1, stream_of(b"", *pieces))
    assert (extent.parts, extent.sha256) == (3, hashlib.sha256(LARGE).hexdigest())


async def test_rows_say_nothing_and_nobody_else_sees_them(anew, past_walls: psycopg.Connection):
    citizen_id = await somebody()
    copy_id = await keeps(citizen_id, b"CANARY" * 10)
    for table in ("mailbox_copy", "mailbox_copy_part", "mailbox_archive"):
        for row, sealed in past_walls.execute(f"select row_to_json({table})::text, sealed from {table}").fetchall():
            assert "CANARY" not in row
            assert b"CANARY" not in bytes(sealed)
    other = await somebody()
    assert await reading.find(other, copy_id) is None
    assert not await writing.delete(occasion(other), copy_id)
    async with pool.as_citizen(other) as conn:
        for table in ("mailbox_copy", "mailbox_copy_part"):
            assert await (await conn.execute(f"select 1 from {table}".encode())).fetchall() == []
    with pytest.raises(CopyDamagedError):
        await read_all(other, copy_id, 1, CopyExtent(60, "", 1))
    assert await read(citizen_id, copy_id) == b"CANARY" * 10


SWAPPED = "update mailbox_copy_part set number = 2 - number where item = 1 and copy_id = %(copy)s"
CUT = "delete from mailbox_copy_part where item = 1 and number = 2 and copy_id = %(copy)s"
CHANGED = """
update mailbox_copy_part set sealed = set_byte(sealed, 99, get_byte(sealed, 99) # 1)
where item = 1 and number = 1 and copy_id = %(copy)s
"""
OF_ANOTHER = """
update mailbox_copy_part p set sealed = o.sealed from mailbox_copy_part o
where p.copy_id = %(copy)s and o.copy_id = %(other)s and p.item = 1 and o.item = 1 and p.number = o.number
"""
OF_ANOTHER_ITEM = """
update mailbox_copy_part p set sealed = o.sealed from mailbox_copy_part o
where p.copy_id = %(copy)s and o.copy_id = %(copy)s and p.item = 1 and o.item = 2 and p.number = o.number
"""
FIRST_IN_EVERY_PLACE = """
update mailbox_copy_part p set sealed = o.sealed from mailbox_copy_part o
where p.copy_id = %(copy)s and o.copy_id = %(copy)s and p.item = 1 and o.item = 1 and o.number = 0
"""
# paperless-ngx, issue 1144: files that were there before had no bytes any more.
EMPTIED = "update mailbox_copy_part set sealed = '' where item = 1 and copy_id = %(copy)s"


@pytest.mark.parametrize(
    "change", [SWAPPED, CUT, CHANGED, OF_ANOTHER, OF_ANOTHER_ITEM, FIRST_IN_EVERY_PLACE, EMPTIED]
)
async def test_parts_open_in_their_own_place_alone(anew, past_walls: psycopg.Connection, change):
    # volafile-bugs, issue 129: a block that stood there twice, with the size that was expected.
    citizen_id = await somebody()
    copy_id = await keeps(citizen_id, LARGE, LARGE)
    other = await keeps(citizen_id, LARGE, key="smals|2")
    assert await read(citizen_id, copy_id) == LARGE
    past_walls.execute("begin")
    past_walls.execute("alter table mailbox_copy_part drop constraint mailbox_copy_part_pkey")
    try:
        past_walls.execute(change.encode(), {"copy": copy_id, "other": other})
        past_walls.execute("alter table mailbox_copy_part add primary key (copy_id, item, number)")
        past_walls.execute("commit")
    except BaseException:
        past_walls.execute("rollback")
        raise
    with pytest.raises(CopyDamagedError):
        await read(citizen_id, copy_id)


async def test_copy_that_says_it_is_shorter_is_no_copy(anew):
    # Whoever could change how many parts there are, would have to seal the facts anew.
    citizen_id = await somebody()
    copy_id = await keeps(citizen_id, LARGE)
    first = hashlib.sha256(LARGE[: sealing.PART]).hexdigest()
    with pytest.raises(CopyDamagedError):
        await read_all(citizen_id, copy_id, 1, CopyExtent(sealing.PART, first, 1))


@pytest.mark.parametrize("change", ["mark = 'x'", "sealed = 'x'", "kept_at = kept_at - interval '1 second'"])
async def test_facts_that_were_changed_or_moved_do_not_open_and_one_can_keep_it_anew(
    anew, past_walls: psycopg.Connection, change
):
    citizen_id = await somebody()
    copy_id = await keeps(citizen_id, b"a")
    past_walls.execute(f"update mailbox_copy set {change} where id = %s".encode(), (copy_id,))
    assert (await find(citizen_id, copy_id)).facts is None
    kinds = {record.kind: record.value for record in await queries.export(citizen_id)}
    assert kinds["ebox_copy"] is None
    assert await keeps(citizen_id, b"b") != copy_id


async def test_a_document_has_one_copy(anew):
    citizen_id = await somebody()
    copy_id = await keeps(citizen_id, b"a")
    with pytest.raises(CopyThere) as there:
        await keeps(citizen_id, b"b")
    assert there.value.copy_id == copy_id
    assert (await reading.state_of(citizen_id, KEY)).copy_id == copy_id
    assert (await reading.state_of(await somebody(), KEY)).copy_id is None
    assert await reading.state_of(uuid4(), KEY) == reading.CopyState(has_archive=False)


async def test_one_that_is_being_written_is_shown_to_nobody_and_gives_way_when_it_was_abandoned(anew):
    citizen_id = await somebody()
    writer = await writing.begin(occasion(citizen_id), KEY)
    await writer.write(1, stream_of(LARGE))
    assert (await reading.use_of(citizen_id)).copies == 0
    assert await reading.find(citizen_id, writer.id) is None
    assert (await reading.state_of(citizen_id, KEY)).copy_id is None
    with pytest.raises(NotKept, match=writing.UNDER_WAY):
        await writing.begin(occasion(citizen_id), KEY)
    later = datetime.now(UTC) + limits.ABANDONED + timedelta(seconds=5)
    second = await writing.begin(replace(occasion(citizen_id), now=later), KEY)
    # The first one finds that it is no more.
    with pytest.raises(NotKept, match=writing.NO_ARCHIVE):
        await writer.write(2, stream_of(b"x"))
    with pytest.raises(NotKept, match=writing.NO_ARCHIVE):
        await writer.finish(facts(CopyExtent(0, "", 1)))
    await second.drop()
    assert await writing.begin(occasion(citizen_id), KEY)


async def test_room_is_never_passed_however_many_write_at_once(anew, past_walls: psycopg.Connection):
    # MemWal, issue 532: twenty requests that all read the same sum; owncloud/core, issue 40343: parts under way did
    # not count.
    citizen_id = await somebody()

    async def one(number: int) -> str:
        try:
            await keeps(citizen_id, LARGE, key=f"smals|{number}")
        except NotKept as error:
            return error.why
        return ""

    # 1.3 MB each: of twenty at once, three fit in four megabytes.
    with override_settings(MAILBOX_ARCHIVE_MB=4, MAILBOX_COPY_MB=2):
        came = await asyncio.gather(*(one(number) for number in range(20)))
    use = await reading.use_of(citizen_id)
    assert set(came) <= {"", writing.FULL}
    assert came.count("") == use.copies <= 3
    taken = past_walls.execute("select coalesce(sum(size), 0) from mailbox_copy").fetchone()
    assert taken is not None
    assert taken[0] <= 4 * limits.MEGABYTE


async def test_what_is_too_large_or_too_many_is_refused_whatever_was_said_of_its_size(anew):
    citizen_id = await somebody()
    with override_settings(MAILBOX_COPY_MB=1):
        writer = await writing.begin(occasion(citizen_id), KEY)
        with pytest.raises(NotKept, match=writing.LARGE):
            await writer.write(1, stream_of(LARGE))
        with pytest.raises(NotKept, match=writing.LARGE):
            await writer.finish(replace(facts(CopyExtent(0, "", 1)), message_id="x" * limits.LONGEST_FACTS))
        await writer.drop()
    with override_settings(MAILBOX_ARCHIVE_COPIES=1):
        await keeps(citizen_id, b"a")
        with pytest.raises(NotKept, match=writing.MANY):
            await keeps(citizen_id, b"a", key="smals|2")
    with override_settings(MAILBOX_ARCHIVE_MB=0), pytest.raises(NotKept, match=writing.FULL):
        await keeps(citizen_id, b"a", key="smals|2")


async def test_item_that_is_taken_back_leaves_its_room(anew, past_walls: psycopg.Connection):
    # keybase/client, issue 22817: room that was taken by what nobody could see, and was never given back.
    citizen_id = await somebody()
    writer = await writing.begin(occasion(citizen_id), KEY)
    letter = await writer.write(sealing.LETTER, stream_of(b"{}"))

    async def stops() -> AsyncIterator[bytes]:
        yield LARGE
        raise CopyDamagedError

    with pytest.raises(CopyDamagedError):
        await writer.write(1, stops())
    await writer.take_back(1)
    extent = await writer.write(1, stream_of(b"abc"))
    await writer.finish(facts(letter, extent))
    assert (await find(citizen_id, writer.id)).size == 5
    assert past_walls.execute("select count(*) from mailbox_copy_part").fetchone() == (2,)


async def test_nothing_is_kept_without_a_yes_and_all_goes_with_it(
    anew, past_walls: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
):
    citizen_id = await somebody()
    copy_id = await keeps(citizen_id, LARGE)
    await keeps(citizen_id, LARGE, key="smals|1")
    writer = await writing.begin(occasion(citizen_id), "smals|2")
    # However much there is, each statement takes away a part of it.
    monkeypatch.setattr(consent, "MOST", 1_000_000)

    assert await consent.withdraw(occasion(citizen_id))
    assert not await consent.withdraw(occasion(citizen_id))

    with pytest.raises(NotKept, match=writing.NO_ARCHIVE):
        await writer.write(1, stream_of(b"a"))
    with pytest.raises(NotKept, match=writing.NO_ARCHIVE):
        await writing.begin(occasion(citizen_id), "smals|3")
    assert await reading.find(citizen_id, copy_id) is None
    assert past_walls.execute("select count(*) from mailbox_copy_part").fetchone() == (0,)
    names = [entry.name for entry in await entries_of(citizen_id)]
    assert sorted(names) == [
        "begin own archive of mailbox copies",
        "end own archive of mailbox copies",
        "keep copy of own document",
        "keep copy of own document",
    ]


@pytest.mark.parametrize("change", ["consent = 'archive-0'", "since = since - interval '1 day'", "sealed = 'x'"])
async def test_a_yes_that_somebody_else_wrote_is_none(anew, past_walls: psycopg.Connection, change):
    citizen_id = await somebody()
    past_walls.execute(f"update mailbox_archive set {change}".encode())
    assert await consent.look(citizen_id) is None
    with pytest.raises(NotKept, match=writing.NO_ARCHIVE):
        await writing.begin(occasion(citizen_id), KEY)
    await consent.give(occasion(citizen_id))
    assert await consent.look(citizen_id) is not None


async def test_copies_whose_keys_are_gone_are_said_to_be_closed(anew, past_key_walls: psycopg.Connection):
    citizen_id = await somebody()
    copy_id = await keeps(citizen_id, b"a")
    past_key_walls.execute("delete from keys_citizen where citizen_id = %s", (citizen_id,))
    assert (await find(citizen_id, copy_id)).facts is None
    assert await consent.look(citizen_id) is None
    assert (await reading.use_of(citizen_id)).copies == 1
    assert await consent.withdraw(occasion(citizen_id))


async def test_copies_are_exported_and_go_with_their_citizen(anew):
    citizen_id = await somebody()
    await keeps(citizen_id, b"abc")
    records = {record.kind: record for record in await queries.export(citizen_id)}
    assert (records["ebox_archive"].value, records["ebox_archive"].consent) == ("eigen archief", consent.CONSENT)
    value = records["ebox_copy"].value
    assert isinstance(value, dict)
    assert value["document"]["files"][0]["extent"]["sha256"] == hashlib.sha256(b"abc").hexdigest()
    async with pool.as_citizen(citizen_id) as conn:
        await actions.forget(conn, citizen_id)
    assert not await queries.export(citizen_id)


async def test_archives_of_who_was_not_here_for_two_years_are_taken_away(anew, as_worker):
    gone, stays = await somebody(), await somebody()
    for citizen_id in (gone, stays):
        await keeps(citizen_id, LARGE)
    async with as_worker(), pool.as_citizens([gone]) as conn:
        assert await actions.retire(conn, [gone, stays]) == {gone}
    assert (await reading.use_of(gone)).copies == 0
    assert await consent.look(gone) is None
    assert (await reading.use_of(stays)).copies == 1


async def test_copy_that_is_begun_while_the_archive_goes_goes_too(anew, as_worker, past_walls: psycopg.Connection):
    citizen_id = await somebody()
    waiting = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    async with as_worker(), pool.as_citizens([citizen_id]) as conn:
        with past_walls.transaction():
            past_walls.execute(consent.HOLD.encode(), (citizen_id,))
            retiring = asyncio.create_task(actions.retire(conn, [citizen_id]))
            await until(lambda: past_walls.execute(waiting.encode()).rowcount)
            past_walls.execute(writing.BEGIN.encode(), (uuid4(), citizen_id, b"m" * 32, datetime.now(UTC)))
        assert await retiring == {citizen_id}
    assert past_walls.execute("select count(*) from mailbox_copy").fetchone() == (0,)


async def test_worker_sees_and_takes_away_only_what_never_became_whole(anew, as_worker):
    citizen_id = await somebody()
    await keeps(citizen_id, b"a")
    await writing.begin(occasion(citizen_id), "smals|2")
    then = datetime.now(UTC) + limits.SWEPT
    async with as_worker():
        assert await writing.expire(then - timedelta(minutes=1)) == 0
        assert await actions.expire(then + timedelta(minutes=1)) == 1
        async with pool.connection() as conn:
            assert await (await conn.execute("select begun_at from mailbox_copy")).fetchall() == []
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await conn.execute("select sealed from mailbox_copy_part")
    assert (await reading.use_of(citizen_id)).copies == 1
