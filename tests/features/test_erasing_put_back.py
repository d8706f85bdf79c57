"""A back-up of either database opens nothing of who was erased since, and the keys that it has go again."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings

from portal.features.privacy import journalling, keepers
from portal.platform.access import erasing, repeating
from portal.platform.keys import citizens
from tests.citizen import Citizen
from tests.everything import comes, fill, occasion
from tests.features.erased import PAGE, YES, tables_with
from tests.journal_entries import entries_of

pytestmark = pytest.mark.security


async def test_key_database_put_back_opens_nothing_and_loses_its_keys_again(
    lies: Citizen, past_walls, past_key_walls, as_worker
):
    citizen_id, other = lies.session.citizen_id, uuid4()
    await citizens.ensure(other)
    for table in ("keys_citizen", "keys_subject"):
        past_key_walls.execute(f"create temporary table kept_{table} as select * from {table}")
    await lies.posts(PAGE, **YES)
    past_walls.execute("delete from mailbox_untold")
    for table in ("keys_citizen", "keys_subject"):
        past_key_walls.execute(f"insert into {table} select * from kept_{table} on conflict do nothing")
    past_key_walls.execute("delete from keys_erasure")
    await citizens.data_box(citizen_id)
    assert {keeper.id for keeper in keepers.every_keeper() if await keeper.export(citizen_id)} == set()
    assert await entries_of(citizen_id) == []
    async with as_worker():
        assert [await repeating.repeat() for _ in range(2)] == [1, 0]
        # By a guess nobody's go, and the half by which they are known is not the worker's to read.
        assert await citizens.erase_again([uuid4().bytes * 2]) == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await citizens.erasing_mark(other)
    assert tables_with(citizen_id, past_key_walls) == set()
    await citizens.data_box(other)
    # Who came back has other keys, which stay.
    await erasing.come_back(citizen_id)
    await citizens.ensure(citizen_id)
    async with as_worker():
        assert await repeating.repeat() == 0
        late = datetime.now(UTC) + timedelta(days=settings.KEYS_BACKUP_DAYS)
        assert [await repeating.expire(at) for at in (late - timedelta(days=1), late)] == [0, 1]
    await citizens.data_box(citizen_id)


@pytest.mark.usefixtures("anew_without_walls")
async def test_main_database_put_back_opens_nothing(back_up: Callable[[], Awaitable[Callable[[], Any]]]):
    who = await comes("59720533101")
    await fill(who)
    citizen_id = who.session.citizen_id
    restored = await back_up()
    await erasing.erase(who.session, occasion(citizen_id), journalling.ERASING, erasing.forget_steps())
    async with restored():
        for _ in range(2):
            found = [one for keeper in keepers.every_keeper() for one in await keeper.export(citizen_id)]
            told = repr([(one.kind, one.value) for one in found])
            assert len(found) > 10
            assert [secret for secret in ("CANARY", "canary", "Veldstraat", "2026-77") if secret in told] == []
            assert await entries_of(citizen_id) == []
            # Nor do new keys open it.
            await citizens.come_back(citizen_id)
            await citizens.ensure(citizen_id)
