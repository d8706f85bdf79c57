"""Each role may do what its code does, and nothing else: compared with `rights.toml` beside each room, both ways.

A migration that grants or revokes changes the room's `rights.toml` too; what is written there and not granted, or
granted and not written there, fails here.
"""

import re
import tomllib
from pathlib import Path

import psycopg
import pytest
from django.core.checks import run_checks
from django.db import connections
from django.test import override_settings

from portal.platform.database import pool

pytestmark = pytest.mark.security

GRANTED = """
with given as (
    select c.oid::regclass::text as what, grantee, privilege_type as may, '' as on_column
    from pg_class c, aclexplode(relacl) where relnamespace = 'public'::regnamespace and grantee <> relowner
    union all
    select c.oid::regclass::text, grantee, privilege_type, attname
    from pg_attribute join pg_class c on c.oid = attrelid, aclexplode(attacl)
    where relnamespace = 'public'::regnamespace and grantee <> relowner
    union all
    select p.oid::regprocedure::text, grantee, privilege_type, ''
    from pg_proc p, aclexplode(coalesce(proacl, acldefault('f', proowner)))
    where pronamespace = 'public'::regnamespace and grantee <> proowner
), joined as (
    select case grantee when 0 then 'public' else grantee::regrole::text end as role, what,
        lower(may) || coalesce(' (' || nullif(string_agg(on_column, ', ' order by on_column), '') || ')', '') as may
    from given group by grantee, what, given.may, on_column = ''
)
select role, what, string_agg(may, ', ' order by may) from joined group by role, what
"""
# Of the whole database: (what it is, to whom).
AROUND = """
select 'database ' || privilege_type, grantee::regrole::text from pg_database, aclexplode(datacl)
where datname = current_database() and grantee <> datdba
union all
select 'schema ' || nspname || ' ' || privilege_type, grantee::regrole::text from pg_namespace, aclexplode(nspacl)
where nspname !~ '^pg_' and nspname <> 'information_schema' and grantee <> nspowner
union all
select 'language ' || lanname, grantee::regrole::text
from pg_language, aclexplode(coalesce(lanacl, acldefault('l', lanowner)))
where lanname = 'plpgsql' and grantee <> lanowner
union all
select p.oid::regprocedure::text, grantee::regrole::text
from pg_proc p, aclexplode(coalesce(proacl, acldefault('f', proowner)))
where pronamespace = 'pg_catalog'::regnamespace and grantee <> proowner
    and (proname ~ '^lo_' or proname in ('loread', 'lowrite') or proname ~ '^pg_(try_)?advisory_')
"""
EXPECTED_AROUND = {
    ("database CONNECT", "portal"),
    ("database CONNECT", "worker"),
    ("schema public USAGE", "portal"),
    ("schema public USAGE", "worker"),
    ("language plpgsql", "owner"),
    ("pg_advisory_xact_lock(bigint)", "portal"),
}
MEMBERS = "select member::regrole::text, roleid::regrole::text from pg_auth_members where member >= 16384"
LIMITS = """
select setrole::regrole::text, setting from pg_db_role_setting, unnest(setconfig) setting
where setrole <> 0 and setdatabase = (select oid from pg_database where datname = current_database())
"""
# Questions were mail's before they were a feature; their tables kept their names.
PREFIXES = {"jobs": ("jobs_", "procrastinate_"), "contact": ("mail_question",), "mail": ("mail_outbox", "mail_job(")}


def rights_in(file: Path) -> dict[str, dict[str, str]]:
    """Read what each role may do, by object; the terms of tables stand in the same file (`test_terms`)."""
    return {role: objects for role, objects in tomllib.loads(file.read_text()).items() if role != "terms"}


def written_rights() -> dict[tuple[str, str], str]:
    """Read every `rights.toml`: (role, object) -> rights; no room writes of another's."""
    found: dict[tuple[str, str], str] = {}
    for file in sorted(Path("portal").rglob("rights.toml")):
        prefixes = PREFIXES.get(file.parent.name, (f"{file.parent.name}_",))
        for role, objects in rights_in(file).items():
            assert [what for what in objects if not what.startswith(prefixes)] == [], file
            found |= {(role, what): may for what, may in objects.items()}
    return found


def test_roles_may_do_what_is_written_beside_each_room_and_nothing_else(past_walls, past_key_walls):
    rows = [*past_walls.execute(GRANTED), *past_key_walls.execute(GRANTED)]
    assert {(role, what): may for role, what, may in rows} == written_rights()


# Bodies of functions that run with the rights of their caller, whose statements need rights as well.
BODIES = "select proname, prosrc from pg_proc where pronamespace = 'public'::regnamespace and not prosecdef"


def test_changes_are_allowed_by_column_and_only_where_a_statement_makes_them(past_walls, past_key_walls):
    """The queue's tables are its library's."""
    idle, bodies = [], [*past_walls.execute(BODIES), *past_key_walls.execute(BODIES)]
    for file in Path("portal").rglob("rights.toml"):
        code = "".join(f.read_text() for f in file.parent.rglob("*.py") if not {"tests", "migrations"} & set(f.parts))
        code += "".join(body for name, body in bodies if name.startswith(f"{file.parent.name}_"))
        for role, objects in rights_in(file).items():
            tables = {what: may for what, may in objects.items() if not what.startswith("procrastinate_")}
            idle += [(role, what, each) for what, may in tables.items() for each in _changes(may, what, code)]
    assert idle == []


def _changes(may: str, table: str, code: str) -> list[str]:
    """List what may be changed and no statement changes, and updates of a table with all its columns."""
    insert = rf"insert into (public\.)?{table}\b"
    statements = {
        "insert": insert,
        "delete": rf"delete from (public\.)?{table}\b",
        "update (": rf"\bupdate (public\.)?{table}\b|{insert}[^\"]*do update",
        "update": "(?!)",
    }
    return [
        each for each in re.findall(r"insert|delete|update(?: \()?", may) if not re.search(statements[each], code)
    ]


@pytest.mark.parametrize("database", ["past_walls", "past_key_walls"])
def test_nothing_around_the_tables_is_open(database: str, request: pytest.FixtureRequest):
    conn = request.getfixturevalue(database)
    assert set(conn.execute(AROUND)) == EXPECTED_AROUND
    assert conn.execute(MEMBERS).fetchall() == []
    assert {(role, setting.partition("=")[0]) for role, setting in conn.execute(LIMITS)} == {
        ("portal", "statement_timeout"),
        ("portal", "lock_timeout"),
        ("portal", "idle_in_transaction_session_timeout"),
        ("worker", "statement_timeout"),
        ("worker", "lock_timeout"),
    }


# A caller could otherwise place objects of their own in front of those that the function means.
UNPINNED = """
select oid::regprocedure::text from pg_proc
where pronamespace = 'public'::regnamespace and proname !~ '^procrastinate_'
    and not exists (select from unnest(proconfig) each where each ~ '^search_path=(pg_catalog, )?(public, )?pg_temp$')
"""


def test_every_function_of_ours_pins_what_names_mean(past_walls, past_key_walls):
    assert [*past_walls.execute(UNPINNED), *past_key_walls.execute(UNPINNED)] == []


EVERYWHERE = [
    "create temporary table mine (id int)",
    "create table public.mine (id int)",
    "create schema mine",
    "create function public.mine() returns int language sql as 'select 1'",
    "do $$ begin perform 1; end $$",
    "select lo_create(0)",
    "select lo_from_bytea(0, 'x')",
    "select * from pg_largeobject",
    "select pg_try_advisory_lock(hashtext('journal_batch'))",
    "select pg_advisory_lock_shared(1)",
    "select pg_read_file('/etc/hostname')",
    "select pg_ls_dir('.')",
    "select * from pg_authid",
    "select pg_reload_conf()",
    "copy (select 1) to program 'true'",
    "copy (select 1) to '/tmp/mine'",
    "set role owner",
    "set session authorization owner",
    "set session_replication_role = replica",
    "set log_statement = 'none'",
    "create extension hstore",
    "alter role current_user bypassrls",
    "alter default privileges for role owner grant all on tables to public",
    "insert into keys_installation (id, probes) values ('x', '{}')",
    "delete from keys_citizen",
    "begin; lock table journal_anchor in exclusive mode",
    "insert into journal_anchor (number, hash) values (1, sha256('x'))",
]
PORTALS = [
    "select * from journal_state for update",
    "select looked_at from journal_state for key share",
    "begin; lock table journal_state in row share mode",
    "update journal_state set trouble = null",
    "select installation from journal_state",
    "select * from journal_batch",
    "truncate access_session",
    "alter table access_session disable row level security",
    "create trigger mine before insert on access_session execute function journal_refuse()",
    "select nextval('journal_entry_id_seq')",
    "select setval('procrastinate_jobs_id_seq', 1)",
    "delete from journal_entry",
    "update access_device set first_seen_on = '2020-01-01'",
    "delete from sources_answer",
    "delete from corrections_delivery",
    "delete from corrections_status",
]
WORKERS = [
    "select pg_advisory_xact_lock(1)",
    "select data_key from keys_citizen",
    "update journal_state set installation = gen_random_uuid()",
    "delete from journal_batch",
    "update journal_entry set name = 'x'",
    "insert into jobs_deferrable (task) values ('mail.expire')",
    "select setval('journal_entry_id_seq', 1)",
    "select sealed from mail_question_rate",
]
REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedColumn)


def connect(role: str, alias: str) -> psycopg.Connection:
    """Connect in a role of ours, as its processes do."""
    from django.conf import settings

    name = {"default": "DATABASE_URL", "keys": "KEYS_DATABASE_URL"}[alias]
    urls = {"portal": pool.address(alias), "worker": pool.pin(getattr(settings, f"{name}_WORKER"))}
    return psycopg.connect(urls[role], autocommit=True)


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("role", ["portal", "worker"])
def test_role_is_refused_what_it_has_no_use_for(role: str):
    own = PORTALS if role == "portal" else WORKERS
    of_keys = ("keys_", "journal_anchor", "data_key")
    done = []
    with connect(role, "default") as main, connect(role, "keys") as keys:
        for statement in [*EVERYWHERE, *own]:
            conn = keys if any(name in statement for name in of_keys) else main
            try:
                conn.execute(statement.encode())
            except REFUSED:
                conn.rollback()
            else:
                done.append(statement)
    assert done == []


def test_database_whose_rights_are_wide_is_named(past_walls: psycopg.Connection):
    assert run_checks(databases=["default", "keys"]) == []
    past_walls.execute("grant execute on function lo_create(oid) to portal")
    try:
        assert [problem.id for problem in run_checks(databases=["default", "keys"])] == ["portal.W019"]
    finally:
        past_walls.execute("revoke execute on function lo_create(oid) from portal")
        for each in connections.all():
            each.close()


def test_table_of_a_feature_that_is_not_known_is_named(past_walls: psycopg.Connection):
    past_walls.execute("create table parking_ticket (); create table parking_plate ()")
    try:
        (problem,) = run_checks(databases=["default", "keys"])
        said = "No known room declares these tables: parking_plate, parking_ticket."
        assert (problem.id, problem.msg) == ("portal.W068", said)
        assert run_checks(databases=["keys"]) == []
    finally:
        past_walls.execute("drop table parking_ticket; drop table parking_plate")
        for each in connections.all():
            each.close()


@pytest.mark.usefixtures("database")
def test_database_that_gives_all_processes_too_few_connections_is_named():
    for workers, ids in ((11, []), (12, ["portal.W022"])):
        with override_settings(WORKERS=workers):
            assert [problem.id for problem in run_checks(databases=["default", "keys"])] == ids
    for each in connections.all():
        each.close()


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("role", ["portal", "worker"])
@pytest.mark.parametrize("elsewhere", ["postgres", "template1"])
def test_role_connects_to_no_other_database(role: str, elsewhere: str):
    with connect(role, "default") as conn:
        where = conn.info.get_parameters() | {"dbname": elsewhere, "password": conn.info.password}
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(**where)
