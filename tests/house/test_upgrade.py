"""Databases of a release before come along: journal, keys, sessions and queue, while the old portal still runs."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from msgspec.structs import astuple
from psycopg.conninfo import make_conninfo

from portal.features.dossiers import actions as dossiers
from portal.features.dossiers.queries import seen_of
from portal.features.dossiers.rules import state_of
from portal.features.dossiers.types import Change, Dossier
from portal.features.profile.tests import reads
from portal.platform.access import derivation, sessions
from portal.platform.access.types import Assurance, Identity, SignInMeans
from portal.platform.database import pool
from portal.platform.journal import actions, erasing, sealing, standing, verifying
from portal.platform.journal.findings import Finding, FindingKind
from portal.platform.journal.head_file import HeadFile
from portal.platform.journal.sealing import SealedBatch
from portal.platform.journal.types import Activity, Occasion, begin
from portal.platform.keys import citizens, pseudonym, subjects
from portal.platform.keys.key_file import KeyFile
from tests.house import releases
from tests.house.old_portal import LIMITS, OldPortal
from tests.house.releases import RELEASES
from tests.journal_entries import entries_of

pytestmark = pytest.mark.security

ROLES = {"owner": "default", "keys_owner": "keys"}
CATCH = Activity("fishery", "Visserij", "catch", "Vangst", "Kijken", "Besluit 1", ("Vang/01.00",), "session")
LOOK = """
insert into journal_entry (trace_id, operation_id, end_ms, status, outcomes)
values ('\\x00112233445566778899aabbccddeeff', '\\x0102030405060708', 1, 1, '{ready}')
"""


async def _erase_nothing_else(_: Any) -> None:
    pass


def _migrate(alias: str, *given: str) -> None:
    call_command("migrate", *given, database=alias, interactive=False, verbosity=0)
    connections[alias].close()


@pytest.fixture
def ground(pytestconfig: pytest.Config) -> Any:
    """Give the loaded `conftest`: importing it a second time would make a second set of databases."""
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


@asynccontextmanager
async def _as_worker(
    before: dict[str, dict[str, Any]],
) -> AsyncIterator[tuple[psycopg.AsyncConnection[Any], psycopg.AsyncConnection[Any]]]:
    """Connect with the main and the key database as the worker."""
    urls = (("default", settings.DATABASE_URL_WORKER), ("keys", settings.KEYS_DATABASE_URL_WORKER))
    main, keys = [pool.pin(make_conninfo(url, dbname=before[alias]["NAME"])) for alias, url in urls]
    async with (
        await psycopg.AsyncConnection.connect(main, autocommit=True) as conn,
        await psycopg.AsyncConnection.connect(keys, autocommit=True) as anchors,
    ):
        yield conn, anchors


async def test_journal_keys_and_queue_of_before_come_along(
    before: dict[str, dict[str, Any]], ground: Any, tmp_path: Path
):
    keys, citizen_id = KeyFile.read(Path(settings.KEYS_FILE_WORKER)), uuid4()
    head_file = HeadFile(tmp_path / "head.json")
    async with ground._on(before), _as_worker(before) as (conn, anchors):
        await releases.make_keys(citizen_id)
        await conn.execute(LOOK)
        link = await releases.seal(conn, keys, datetime.now(UTC))
        try:
            await anchors.execute(sealing.ANCHOR, link)
        except psycopg.errors.UndefinedFunction:
            await anchors.execute("insert into journal_anchor (number, hash) values (%s, %s)", link[:2])

        for alias in ROLES:
            await asyncio.to_thread(_migrate, alias)

        await sealing.check_structure(conn, anchors)
        assert await sealing.seal_batch(conn, anchors, keys, head_file) is None
        await conn.execute(LOOK)
        assert await sealing.seal_batch(conn, anchors, keys, head_file) == SealedBatch(2, 1)
        async with pool.connection() as portal:
            await portal.execute("select jobs_defer('mail.deliver', '{}')")
        async with standing.catalog_only(conn):
            told = await (await conn.execute("select task_name from public.procrastinate_jobs")).fetchall()
        assert told == [("mail.deliver",)]
        assert [await citizens.erase(citizen_id) for _ in range(2)] == [True, False]
        found = [each async for each in verifying.verify(conn, anchors, keys, now=datetime.now(UTC))]
        assert [each for each in found if each != head_file.read().head] == []

        # A table that those releases did not have, with its walls, its rights and its term.
        several, now = [uuid4(), uuid4()], datetime.now(UTC)
        for citizen_id in several:
            await citizens.ensure(citizen_id)
        dossier = Dossier("STL", "D-1", (Change("Schooltoelage", "DossierStatus"),))
        await dossiers.mark_seen(Occasion(several[0], now, str(uuid4())), [dossier])
        assert [await seen_of(citizen_id, [dossier]) for citizen_id in several] == [{state_of(dossier)}, frozenset()]
        assert (await conn.execute("delete from dossiers_seen where since <= %s", [now])).rowcount == 1
    await ground._leave()


@asynccontextmanager
async def old_portal(before: dict[str, dict[str, Any]], citizen_id: UUID) -> AsyncIterator[OldPortal]:
    """Start a portal of the release before, at the databases as they are."""
    urls = (("default", os.environ["DATABASE_URL"]), ("keys", os.environ["KEYS_DATABASE_URL"]))
    addresses = [make_conninfo(url, dbname=before[alias]["NAME"], options=LIMITS) for alias, url in urls]
    async with (
        await psycopg.AsyncConnection.connect(addresses[0], autocommit=True) as main,
        await psycopg.AsyncConnection.connect(addresses[1], autocommit=True) as keys,
    ):
        row = (CATCH.id, *(list(value) if isinstance(value, tuple) else value for value in astuple(CATCH)))
        yield OldPortal(main, keys, citizen_id, row)


@pytest.mark.parametrize("before", [RELEASES[-1]], indirect=True, ids=lambda release: release.name)
async def test_old_portal_goes_on_while_its_databases_migrate_and_afterwards(
    before: dict[str, dict[str, Any]], ground: Any, tmp_path: Path
):
    identity = Identity("71690999827", "Jan", "Peeters", SignInMeans.ITSME, Assurance.HIGH, "subject-1")
    citizen_id = await pseudonym.citizen_id(identity.insz)
    keys, head_file = KeyFile.read(Path(settings.KEYS_FILE_WORKER)), HeadFile(tmp_path / "head.json")
    async with (
        ground._on(before),
        old_portal(before, citizen_id) as old,
        _as_worker(before) as (conn, anchors),
    ):
        await releases.make_keys(citizen_id)
        sealed = (await citizens.data_box(citizen_id)).seal(b"Lies", b"nickname")
        old.email = (await citizens.mail_box(citizen_id)).seal(b"lies@example.org", b"profile_kept\0email")
        cookie = await old.sign_in(identity)
        await old.visit()
        await anchors.execute(sealing.ANCHOR, await releases.seal(conn, keys, datetime.now(UTC)))
        migrated = asyncio.Event()
        serving = asyncio.create_task(old.serve(migrated))
        for alias in ROLES:
            await asyncio.to_thread(_migrate, alias)
        during = old.visits
        migrated.set()
        await serving
        assert (old.trouble, during > 1) == ([], True)
        # Its connections are open, with statements prepared on them.
        await old.visit()

        session = await sessions.find(cookie, now=datetime.now(UTC))
        assert session is not None
        assert (session.identity, session.journal_subject) == (identity, None)
        # Both write in the same journal, and the citizen's list has all of it.
        for subject in (None, await subjects.of(citizen_id)):
            occasion = Occasion(citizen_id, datetime.now(UTC), str(uuid4()), subject=subject)
            async with pool.as_citizen(citizen_id, subject=subject) as portal:
                await actions.record_done(portal, begin("overview", (CATCH,), occasion))
        assert await old.visit() == old.visits
        entries = await entries_of(citizen_id, most=10_000)
        assert [entry.name for entry in entries[:3]] == ["look at own data", "overview", "overview"]
        assert len(entries) == old.visits + 2
        opened = (await citizens.data_box(citizen_id)).open(sealed, b"nickname")
        # The address of before is the main one; it keeps its id whoever gives it anew.
        (email,) = await reads.verified_emails_of(citizen_id)
        assert (email.address, email.is_main) == ("lies@example.org", True)
        await old.visit()
        assert await reads.verified_emails_of(citizen_id) == [email]
        entries = await entries_of(citizen_id, most=10_000)
        _, new_cookie = await sessions.open_session(identity, now=datetime.now(UTC))
        old.secret = derivation.read_secret(new_cookie) or b""
        assert (opened, await old.visit()) == (b"Lies", old.visits)

        await sealing.check_structure(conn, anchors)
        while await sealing.seal_batch(conn, anchors, keys, head_file):
            pass
        erasure = Occasion(citizen_id, datetime.now(UTC), str(uuid4()))
        assert await erasing.erase_entries(begin(erasing.OPERATION, (CATCH,), erasure), _erase_nothing_else) == 4
        await erasing.erase_keys(citizen_id)
        assert await sealing.seal_batch(conn, anchors, keys, head_file) == SealedBatch(3, 2)
        found = [each async for each in verifying.verify(conn, anchors, keys, now=datetime.now(UTC))]
        assert [each.kind for each in found if isinstance(each, Finding)] == [FindingKind.ERASED]
        # What bears the pseudonym stays until its term.
        assert len(await entries_of(citizen_id, most=10_000)) == old.visits
    await ground._leave()
