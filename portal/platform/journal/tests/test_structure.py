"""What stands before the tables, or in place of them, is found: by the verifier, and before anything is sealed.

Each attack is one that the owner of the tables can make, without touching a row.
"""

import re
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings

from portal.platform.database import pool
from portal.platform.journal import sealing, structure
from portal.platform.journal.errors import SealingStopped
from portal.platform.journal.standing import catalog_only

from .conftest import Worker, look
from .test_command import verify

pytestmark = pytest.mark.security

MAIN = {
    "a view in a schema of the worker's": (
        "create schema worker; create view worker.journal_entry as select * from journal_entry where id < 0; "
        "grant usage on schema worker to worker; grant select on worker.journal_entry to worker",
        "drop schema worker cascade",
    ),
    "a restrictive policy that hides rows": (
        "create policy hiding on journal_entry as restrictive for select to worker using (id < 3)",
        "drop policy hiding on journal_entry",
    ),
    "a wall around batches": (
        "alter table journal_batch enable row level security; "
        "create policy few on journal_batch for select to worker using (number < 2)",
        "drop policy few on journal_batch; alter table journal_batch disable row level security",
    ),
    "a policy that reads more": (
        "alter policy citizen on journal_entry using (true)",
        "alter policy citizen on journal_entry "
        "using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid "
        "or subject = nullif(current_setting('app.journal', true), '')::uuid)",
    ),
    "a worker that may erase": (
        "grant execute on function journal_erase to worker",
        "revoke execute on function journal_erase from worker",
    ),
    "salts that nobody is kept from taking": (
        "alter table journal_salt disable trigger refuse",
        "alter table journal_salt enable trigger refuse",
    ),
    "a wall that is taken down": (
        "alter table journal_entry no force row level security",
        "alter table journal_entry force row level security",
    ),
    "a rule that swallows": (
        "create rule swallow as on insert to journal_entry where new.citizen_id is null do instead nothing",
        "drop rule swallow on journal_entry",
    ),
    "a trigger that swallows": (
        "create function swallow() returns trigger language plpgsql as 'begin return null; end'; "
        "create trigger swallow before insert on journal_entry for each row execute function swallow()",
        "drop function swallow cascade",
    ),
    "a trigger that sleeps": (
        "alter table journal_batch disable trigger refuse",
        "alter table journal_batch enable trigger refuse",
    ),
    "a function that refuses nothing": (
        "alter function journal_refuse() set search_path = public",
        "alter function journal_refuse() set search_path = pg_catalog, pg_temp",
    ),
    "another table under the name": (
        "alter table journal_batch rename to kept_batch; create view journal_batch as select * from kept_batch",
        "drop view journal_batch; alter table kept_batch rename to journal_batch",
    ),
    "a table that inherits": ("create table aside () inherits (journal_entry)", "drop table aside"),
    "a column more": (
        "alter table journal_entry add column hidden boolean default true",
        "alter table journal_entry drop column hidden",
    ),
    "a column of another type": (
        "alter table journal_batch alter up_to type numeric",
        "alter table journal_batch alter up_to type bigint",
    ),
    "a check that is gone": (
        "alter table journal_batch drop constraint journal_batch_previous_key",
        "alter table journal_batch add constraint journal_batch_previous_key unique (previous)",
    ),
    "a table that no crash outlives": (
        "alter table journal_batch set unlogged",
        "alter table journal_batch set logged",
    ),
    "a right more": ("grant delete on journal_entry to worker", "revoke delete on journal_entry from worker"),
    "a right on a column": (
        "grant update (name) on journal_entry to portal",
        "revoke update (name) on journal_entry from portal",
    ),
    "rights on what comes": (
        "alter default privileges grant all on tables to portal",
        "alter default privileges revoke all on tables from portal",
    ),
    "a place for others to put things": (
        "grant create on schema public to worker",
        "revoke create on schema public from worker",
    ),
    "a function that is called in place of PostgreSQL's": (
        "create function unnest(bytea[]) returns setof bytea language sql as $$ select null::bytea where false $$",
        "drop function unnest(bytea[])",
    ),
    "an operator in place of PostgreSQL's": (
        "create function differs(bigint, smallint) returns boolean language sql as 'select true'; "
        "create operator > (leftarg = bigint, rightarg = bigint, function = int8gt)",
        "drop operator public.> (bigint, bigint); drop function differs",
    ),
    "numbers that come round": (
        "alter sequence journal_entry_id_seq increment 2 cycle",
        "alter sequence journal_entry_id_seq increment 1 no cycle",
    ),
    "another reading of null for all": (
        "do $$ begin execute format('alter database %I set transform_null_equals = on', current_database()); end $$",
        "do $$ begin execute format('alter database %I reset transform_null_equals', current_database()); end $$",
    ),
    "a path set for all": (
        "do $$ begin execute format('alter database %I set search_path = worker', current_database()); end $$",
        "do $$ begin execute format('alter database %I reset search_path', current_database()); end $$",
    ),
}
KEYS = {
    "a rule that swallows anchors": (
        "create rule swallow as on insert to journal_anchor do instead nothing",
        "drop rule swallow on journal_anchor",
    ),
    "a function that anyone may call": (
        "grant execute on function journal_anchor_add to public",
        "revoke execute on function journal_anchor_add from public",
    ),
    "a view in place of the anchors": (
        "create schema worker; create view worker.journal_anchor as select * from journal_anchor where number < 0",
        "drop schema worker cascade",
    ),
}


# What an administrator does for reasons of their own, or a page's role to itself, hides nothing of the journal.
OF_OTHERS = {
    "a plan that costs less": (
        "alter database {0} set random_page_cost = 1.1; alter database {0} set pg_stat_statements.track = 'all'",
        "alter database {0} reset random_page_cost; alter database {0} reset pg_stat_statements.track",
    ),
    "a setting of another role": (
        "alter role owner in database {0} set search_path = elsewhere",
        "alter role owner in database {0} reset search_path",
    ),
    "a monitor that sees the schema": (
        "grant usage on schema public to pg_monitor",
        "revoke usage on schema public from pg_monitor",
    ),
    "a schema of an administrator's": ("create schema postgres", "drop schema postgres"),
    "an extension that watches (pgaudit does)": (
        "create function public.watch() returns event_trigger language plpgsql as 'begin end'; "
        "create event trigger watching on ddl_command_end execute function public.watch(); "
        "alter extension plpgsql add event trigger watching",
        "alter extension plpgsql drop event trigger watching; drop event trigger watching; "
        "drop function public.watch",
    ),
}
OF_THE_PORTAL = {
    "its own settings": (
        "alter role portal in database {0} set search_path = elsewhere",
        "alter role portal in database {0} reset search_path",
    ),
    "rights on what it cannot make": (
        "alter default privileges grant select on tables to public",
        "alter default privileges revoke select on tables from public",
    ),
}


@pytest.fixture
async def journal(worker: Worker) -> Worker:
    """One batch; everything as our migrations made it."""
    await look(uuid4(), catch="ready", boat="nothing")
    await worker.seal()
    await worker.check_structure()
    return worker


async def test_every_attack_in_the_main_database_is_found(journal: Worker):
    assert await _unseen(journal, "owner", MAIN) == []


async def test_every_attack_in_the_key_database_is_found(journal: Worker):
    assert await _unseen(journal, "keys_owner", KEYS) == []


async def test_what_hides_nothing_stops_nobody(journal: Worker, thief: psycopg.Connection):
    with psycopg.connect(pool.address(), autocommit=True) as portal:
        for conn, harmless in ((thief, OF_OTHERS), (portal, OF_THE_PORTAL)):
            for name, (does, undo) in harmless.items():
                conn.execute(does.format(conn.info.dbname).encode())
                said = await _structure(journal)
                conn.execute(undo.format(conn.info.dbname).encode())
                assert (name, said) == (name, "")


async def _unseen(journal: Worker, alias: str, attacks: dict[str, tuple[str, str]]) -> list[str]:
    """Make each attack, and undo it; returns those that nobody noticed, or that left something."""
    unseen = []
    with psycopg.connect(pool.address(alias), autocommit=True) as owner:
        for name, (attack, undo) in attacks.items():
            owner.execute(attack.encode())
            noticed = await _structure(journal)
            owner.execute(undo.encode())
            if not re.match("not (there as|made by) our migrations", noticed) or await _structure(journal):
                unseen.append(name)
    return unseen


async def _structure(journal: Worker) -> str:
    """Say what is wrong with the tables; nothing when they are ours."""
    try:
        await journal.check_structure()
    except SealingStopped as stopped:
        return str(stopped.detail)
    return ""


async def test_verifier_names_what_stands_before_a_table(journal: Worker, thief: psycopg.Connection):
    thief.execute("create policy hiding on journal_entry as restrictive for select to worker using (id < 1)")
    try:
        code, said, _ = await verify()
        assert (code, said.splitlines()[:3]) == (
            1,
            [
                "not made by our migrations: policy hiding on public.journal_entry for=r to={worker} permissive=f "
                "using=(id < 1) check=",
                "entry removed: entry 1 of batch 1",
                "entry removed: entry 2 of batch 1",
            ],
        )
    finally:
        thief.execute("drop policy hiding on journal_entry")


async def test_shadows_are_not_read_even_where_they_stand(journal: Worker, thief: psycopg.Connection):
    """Whoever connects without our address finds the view; the verifier and the sealer name the schema."""
    create, undo = MAIN["a view in a schema of the worker's"]
    thief.execute(create.encode())
    try:
        assert await journal.findings() == []
        thief.execute("update public.journal_entry set name = 'x' where id = 1")
        assert await journal.damage() == ["entry changed: entry 1 of batch 1"]
    finally:
        thief.execute(undo.encode())


async def test_nothing_is_sealed_on_other_tables(journal: Worker, as_worker, thief, monkeypatch):
    monkeypatch.setattr(settings, "KEYS_FILE", "")
    await look(uuid4())
    thief.execute("create rule swallow as on insert to journal_activity do instead nothing")
    try:
        async with as_worker():
            assert await sealing.seal_batches() == 0
        assert thief.execute("select count(*) from journal_batch").fetchone() == (1,)
        assert "rule CREATE RULE swallow" in thief.execute("select trouble from journal_state").fetchone()[0]
    finally:
        thief.execute("drop rule swallow on journal_activity")
    async with as_worker():
        assert await sealing.seal_batches() == 2


@pytest.mark.parametrize("name", ["main", "keys"])
async def test_record_is_what_migrations_make(journal: Worker, name: str):
    """When it is not: the lines to take out of `structure_{name}.txt`, and those to put in."""
    conn = journal.conn if name == "main" else journal.anchors
    async with catalog_only(conn):
        there = await structure.facts(conn)
    recorded = structure.read_structure(name)
    assert (sorted(recorded - there), sorted(there - recorded)) == ([], [])
