"""A database of the release before comes along: its journal, its keys and its queue."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg.conninfo import make_conninfo

from portal.platform.database import pool
from portal.platform.journal import sealing, standing, verifying
from portal.platform.journal.head_file import HeadFile
from portal.platform.journal.sealing import Sealed
from portal.platform.keys import citizens
from portal.platform.keys.key_file import KeyFile
from tests.house import releases
from tests.house.releases import RELEASES

pytestmark = pytest.mark.security

ROLES = {"owner": "default", "keys_owner": "keys"}
LOOK = """
insert into journal_entry (trace_id, operation_id, end_ms, status, outcomes)
values ('\\x00112233445566778899aabbccddeeff', '\\x0102030405060708', 1, 1, '{ready}')
"""


def _migrate(alias: str, *given: str) -> None:
    call_command("migrate", *given, database=alias, interactive=False, verbosity=0)
    connections[alias].close()


@pytest.fixture
def ground(pytestconfig: pytest.Config) -> Any:
    """Give the ground all tests stand on: a second import of it would be another ground, in the same environment."""
    return pytestconfig.pluginmanager.get_plugin(str(pytestconfig.rootpath / "conftest.py"))


@pytest.fixture(params=RELEASES, ids=lambda release: release.name)
def before(
    request: pytest.FixtureRequest, database: None, ground: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, dict[str, Any]]]:
    """Give new databases as a release before made them, by the alias of the portal's role."""
    names = {alias: f"{ground._database}_before_{ROLES[alias]}" for alias in ROLES}
    try:
        for alias, name in names.items():
            ground._cluster.create_database(name, fresh=True)
            connections[alias].close()
            monkeypatch.setitem(connections[alias].settings_dict, "NAME", name)
            for app, migration in request.param.migrations[alias].items():
                _migrate(alias, app, migration)
        yield {ROLES[alias]: {**settings.DATABASES[ROLES[alias]], "NAME": name} for alias, name in names.items()}
    finally:
        for alias, name in names.items():
            connections[alias].close()
            ground._cluster.drop_database(name)


async def test_journal_keys_and_queue_of_before_come_along(
    before: dict[str, dict[str, Any]], ground: Any, tmp_path: Path
):
    keys, citizen_id = KeyFile.read(Path(settings.KEYS_FILE_WORKER)), uuid4()
    head_file = HeadFile(tmp_path / "head.json")
    worker = [
        pool.pinned(make_conninfo(url, dbname=before[alias]["NAME"]))
        for alias, url in (("default", settings.DATABASE_URL_WORKER), ("keys", settings.KEYS_DATABASE_URL_WORKER))
    ]
    async with (
        ground._on(before),
        await psycopg.AsyncConnection.connect(worker[0], autocommit=True) as conn,
        await psycopg.AsyncConnection.connect(worker[1], autocommit=True) as anchors,
    ):
        await citizens.ensure(citizen_id)
        await conn.execute(LOOK)
        link = await releases.seal(conn, keys, datetime.now(UTC))
        try:
            await anchors.execute(sealing.ANCHOR, link)
        except psycopg.errors.UndefinedFunction:
            await anchors.execute("insert into journal_anchor (number, hash) values (%s, %s)", link[:2])

        for alias in ROLES:
            await asyncio.to_thread(_migrate, alias)

        await sealing.see_structure(conn, anchors)
        assert await sealing.seal_batch(conn, anchors, keys, head_file) is None
        await conn.execute(LOOK)
        assert await sealing.seal_batch(conn, anchors, keys, head_file) == Sealed(2, 1)
        async with pool.connection() as portal:
            await portal.execute("select jobs_defer('mail.deliver', '{}')")
        async with standing.alone(conn):
            told = await (await conn.execute("select task_name from public.procrastinate_jobs")).fetchall()
        assert told == [("mail.deliver",)]
        assert [await citizens.erase(citizen_id) for _ in range(2)] == [True, False]
        found = [each async for each in verifying.verify(conn, anchors, keys, now=datetime.now(UTC))]
        assert [each for each in found if each != head_file.read().head] == []
    await ground._leave()
