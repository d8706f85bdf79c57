"""Tables are described once: in a room's `models.py`, which is compared with the migrated database, both ways.

The SQL of migrations makes them. Rights and walls have tests of their own (`test_rights`, `test_row_walls`).
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models.sql import Query
from psycopg import sql

from portal.platform.database.tables import TableSql

pytestmark = pytest.mark.security

COLUMNS = """
select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), not a.attnotnull
from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
"""
# Keys and indexes, as `Order` has them.
ORDERS = """
select t.relname, case when i.indisprimary then 'primary' when i.indisunique then 'unique' else 'index' end,
    array(select attname from unnest(i.indkey) with ordinality k(number, place)
        join pg_attribute on attrelid = i.indrelid and attnum = k.number order by place)::text[],
    '', coalesce(pg_get_expr(i.indpred, i.indrelid), ''),
    case when t.relname like 'journal%' then '' else coalesce(pg_get_expr(i.indexprs, i.indrelid), '') end
from pg_index i join pg_class t on t.oid = i.indrelid
where t.relnamespace = 'public'::regnamespace
union all
select t.relname, 'foreign', array(select attname from unnest(o.conkey) with ordinality k(number, place)
        join pg_attribute on attrelid = o.conrelid and attnum = k.number order by place)::text[],
    o.confrelid::regclass::text || case o.confdeltype when 'c' then ' cascade' else '' end, '', ''
from pg_constraint o join pg_class t on t.oid = o.conrelid
where t.relnamespace = 'public'::regnamespace and o.contype = 'f'
"""
UNLOGGED = """
select relname from pg_class
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relpersistence = 'u'
"""
CHECKS = """
select t.relname, pg_get_expr(o.conbin, o.conrelid)
from pg_constraint o join pg_class t on t.oid = o.conrelid
where t.relnamespace = 'public'::regnamespace and o.contype = 'c'
"""
DEFAULTS = """
select t.relname, a.attname, pg_get_expr(d.adbin, d.adrelid)
from pg_attrdef d join pg_class t on t.oid = d.adrelid
    join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
where t.relnamespace = 'public'::regnamespace and a.attgenerated = ''
"""
# The same query for one table: a test creates it from a model, to compare in the database's own words.
IN_ITS_WORDS = {
    "checks": "select pg_get_expr(conbin, conrelid) from pg_constraint "
    "where conrelid = 'pg_temp.described'::regclass and contype = 'c'",
    "defaults": "select attname, pg_get_expr(adbin, adrelid) from pg_attrdef "
    "join pg_attribute on attrelid = adrelid and attnum = adnum where adrelid = 'pg_temp.described'::regclass",
}
# Made by libraries, which describe them themselves.
LIBRARIES = ("django_", "procrastinate_")


class Order(NamedTuple):
    """A key or an index. kind: primary, unique, index or foreign.

    leads_to: of a foreign key, its table, with " cascade" behind it where rows are deleted with what they lead to.
    rows: the condition of a unique key or an index, "" for all rows. expression: of an index, outside the journal.
    """

    table: str
    kind: str
    columns: tuple[str, ...]
    leads_to: str = ""
    rows: str = ""
    expression: str = ""


def ours() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("portal.")]


def sql_of(model: type[models.Model]) -> TableSql:
    """Give what a model declares beside its columns, keys and indexes."""
    said: TableSql = getattr(model, "sql", TableSql())
    return said


def columns_of(model: type[models.Model]) -> Iterator[tuple[str, str, str, bool]]:
    """Give table, name, type and whether it may be empty, of each column that a model describes."""
    for field in model._meta.local_concrete_fields:
        yield model._meta.db_table, field.column, str(field.db_type(connection)).split(" GENERATED")[0], field.null


def orders_of(model: type[models.Model]) -> Iterator[Order]:
    """Give the keys and indexes that a model describes."""
    meta = model._meta
    table = meta.db_table
    yield Order(table, "primary", tuple(field.column for field in meta.pk_fields))
    for field in meta.local_concrete_fields:
        if field.remote_field:
            cascade = " cascade" if field.remote_field.on_delete is models.CASCADE else ""
            yield Order(table, "foreign", (field.column,), field.related_model._meta.db_table + cascade)
        if field.unique and not field.primary_key:
            yield Order(table, "unique", (field.column,))
        elif field.db_index and not field.unique:
            yield Order(table, "index", (field.column,))
    for each in (*meta.constraints, *meta.indexes):
        kind = "unique" if isinstance(each, models.UniqueConstraint) else "index"
        named = [one.name for one in each.expressions if isinstance(one, models.F)]
        # The journal compares the expressions of its own indexes (`structure`).
        made = (
            [] if table.startswith("journal") else [one for one in each.expressions if isinstance(one, models.Func)]
        )
        expression = ", ".join(expression_of(model, one) for one in made)
        names = (*each.fields, *named, *each.include)
        columns = tuple(meta.get_field(name).column for name in names)
        yield Order(table, kind, columns, rows=rows_of(model, each.condition), expression=expression)


def expression_of(model: type[models.Model], made: models.Func) -> str:
    """Write an expression of columns as the database does."""
    query = Query(model, alias_cols=False)
    said, _ = query.get_compiler(connection=connection).compile(made.resolve_expression(query))
    return said.replace('"', "")


def rows_of(model: type[models.Model], condition: models.Q | None) -> str:
    """Say which rows an index has, as the database does; "" for all."""
    if condition is None:
        return ""
    assert condition.connector == "AND"
    assert not condition.negated
    query = Query(model, alias_cols=False)
    parts = []
    for part in condition.children:
        where = query.build_where(models.Q(part))
        said, values = where.as_sql(query.get_compiler(connection=connection), connection)
        plain = said.replace('"', "") % tuple(f"'{value}'::text" for value in values)
        parts.append(plain if plain.isidentifier() else f"({plain})")
    return parts[0] if len(parts) == 1 else f"({' AND '.join(parts)})"


def rows_of_ours(databases: list[psycopg.Connection], query: str) -> list[Any]:
    rows = [row for database in databases for row in database.execute(query)]
    return [row for row in rows if not row[0].startswith(LIBRARIES)]


def in_its_words(databases: list[psycopg.Connection], what: str) -> set[tuple[Any, ...]]:
    """Give the checks or defaults of all models, in the words of the database that each table is in."""
    said = set()
    for database in databases:
        there = {table for table, *_ in database.execute(COLUMNS)}
        for model in ours():
            table = model._meta.db_table
            if table in there:
                said |= {(table, *row) for row in _read_by(database, table, sql_of(model), what)}
    return said


def _read_by(database: psycopg.Connection, table: str, said: TableSql, what: str) -> list[tuple[Any, ...]]:
    with database.transaction(force_rollback=True):
        database.execute(sql.SQL("create temp table described (like public.{})").format(sql.Identifier(table)))
        for check in said.checks:
            database.execute(f"alter table pg_temp.described add check ({check})")
        for column, default in said.defaults.items():
            database.execute(f"alter table pg_temp.described alter column {column} set default {default}")
        return database.execute(IN_ITS_WORDS[what]).fetchall()


def test_every_column_is_as_its_model_says(past_walls, past_key_walls):
    described = {column for model in ours() for column in columns_of(model)}
    assert set(rows_of_ours([past_walls, past_key_walls], COLUMNS)) == described


def test_keys_and_indexes_are_as_their_model_says(past_walls, past_key_walls):
    described = {order for model in ours() for order in orders_of(model)}
    there = {
        Order(row[0], row[1], tuple(row[2]), *row[3:]) for row in rows_of_ours([past_walls, past_key_walls], ORDERS)
    }
    assert there == described


def test_what_reaches_no_log_is_as_its_model_says(past_walls, past_key_walls):
    described = {(model._meta.db_table,) for model in ours() if sql_of(model).is_unlogged}
    assert set(rows_of_ours([past_walls, past_key_walls], UNLOGGED)) == described


def test_checks_of_rows_are_as_their_model_says(past_walls, past_key_walls):
    databases = [past_walls, past_key_walls]
    assert set(rows_of_ours(databases, CHECKS)) == in_its_words(databases, "checks")


def test_defaults_of_columns_are_as_their_model_says(past_walls, past_key_walls):
    databases = [past_walls, past_key_walls]
    assert set(rows_of_ours(databases, DEFAULTS)) == in_its_words(databases, "defaults")


def test_migrations_know_what_the_models_say():
    """Otherwise Django's next `makemigrations` would undo or repeat what the tables have."""
    loader = MigrationLoader(None)
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    left = {app: [str(one) for one in found] for app, found in detector.changes(graph=loader.graph).items()}
    assert {app: found for app, found in left.items() if app != "procrastinate"} == {}


def named_in(file: Path) -> Iterator[str]:
    """Give the dotted names that a file imports, and `models` for each use of `get_model` or `get_models`."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module or ''}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Attribute) and node.attr in ("get_model", "get_models"):
            yield "models"


def test_nobody_reads_or_writes_by_a_model():
    """All SQL is written by hand: a model is the description of its table, and no second way to it."""
    rooms = [Path(room) for room in ("portal", "connecting", "sandbox", "deploy", "benchmarks", "tests")]
    files = [file for room in rooms for file in room.rglob("*.py") if "migrations" not in file.parts]
    users = {
        str(file)
        for file in files
        if any("models" in name.split(".") and name != "django.db.models" for name in named_in(file))
    }
    assert users == {"tests/house/test_tables.py"}
