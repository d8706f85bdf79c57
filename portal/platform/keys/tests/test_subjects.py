"""The journal's name of a citizen: random, their own, sealed, and gone with their keys."""

import asyncio
import shutil
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings

from portal.platform.database import pool
from portal.platform.keys import citizens, key_file, subjects
from portal.platform.keys.errors import CannotOpen

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]


async def test_citizen_has_one_name_and_nobody_elses():
    one, other = uuid4(), uuid4()
    assert await subjects.find(one) is None
    at_once = await asyncio.gather(*(subjects.of(one) for _ in range(4)))
    assert set(at_once) == {await subjects.find(one)}
    assert len({at_once[0], await subjects.of(other), one, other}) == 4


async def test_name_is_not_read_in_the_table(past_key_walls: psycopg.Connection):
    citizen = uuid4()
    subject = await subjects.of(citizen)
    ((kept,),) = past_key_walls.execute("select subject from keys_subject where citizen_id = %s", (citizen,))
    assert [subject.hex in kept, str(subject) in kept] == [False, False]


async def test_name_moved_to_another_citizen_does_not_open(past_key_walls: psycopg.Connection):
    one, other = uuid4(), uuid4()
    for citizen in (one, other):
        await subjects.of(citizen)
    past_key_walls.execute(
        "update keys_subject set subject = (select subject from keys_subject where citizen_id = %s) "
        "where citizen_id = %s",
        (one, other),
    )
    with pytest.raises(CannotOpen):
        await subjects.of(other)


async def test_name_goes_with_the_keys_and_without_them():
    with_keys, without = uuid4(), uuid4()
    await citizens.ensure(with_keys)
    for citizen in (with_keys, without):
        await subjects.of(citizen)
    assert [await citizens.erase(citizen) for citizen in (with_keys, without)] == [True, False]
    assert [await subjects.find(citizen) for citizen in (with_keys, without)] == [None, None]


async def test_worker_has_the_same_name_and_gives_one_where_there_is_none(as_worker, monkeypatch):
    known, new = uuid4(), uuid4()
    of_known = await subjects.of(known)
    monkeypatch.setattr(settings, "KEYS_FILE", "")
    async with as_worker():
        assert await subjects.of(known) == of_known
        of_new = await subjects.of(new)
    assert await subjects.of(new) == of_new


async def test_query_without_a_filter_finds_the_citizens_own_name_only():
    one, other = uuid4(), uuid4()
    for citizen in (one, other):
        await subjects.of(citizen)
    async with pool.as_citizen(one, pool.KEYS) as conn:
        assert await (await conn.execute("select citizen_id from keys_subject")).fetchall() == [(one,)]
    with psycopg.connect(settings.KEYS_DATABASE_URL_OWNER, autocommit=True) as owner:
        assert owner.execute("select count(*) from keys_subject").fetchone() == (0,)


async def test_name_wrapped_anew_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    citizen = uuid4()
    subject = await subjects.of(citizen)
    rotated = tmp_path / "portal.json"
    shutil.copy(settings.KEYS_FILE, rotated)
    key_file.rotate((rotated,), "mail")
    monkeypatch.setattr(settings, "KEYS_FILE", str(rotated))
    assert [await subjects.rewrap(each) for each in (citizen, citizen, uuid4())] == [True, False, False]
    assert await subjects.of(citizen) == subject
