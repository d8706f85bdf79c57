"""Tables are described once: in a room's `models.py`, which is compared with the migrated database, both ways.

The SQL of migrations makes them. Rights and walls have tests of their own (`test_rights`, `test_row_walls`).
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import psycopg
import pytest
from django.apps import apps
from django.db import connection, models

pytestmark = pytest.mark.security

COLUMNS = """
select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), not a.attnotnull
from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
"""
# What holds for the rows of a table together: (table, primary | unique | index | foreign, columns, where it leads).
ORDERS = """
select t.relname, case when i.indisprimary then 'primary' when i.indisunique then 'unique' else 'index' end,
    array(select attname from unnest(i.indkey) with ordinality k(number, place)
        join pg_attribute on attrelid = i.indrelid and attnum = k.number order by place)::text[], ''
from pg_index i join pg_class t on t.oid = i.indrelid
where t.relnamespace = 'public'::regnamespace
union all
select t.relname, 'foreign', array(select attname from unnest(o.conkey) with ordinality k(number, place)
        join pg_attribute on attrelid = o.conrelid and attnum = k.number order by place)::text[],
    o.confrelid::regclass::text || case o.confdeltype when 'c' then ' cascade' else '' end
from pg_constraint o join pg_class t on t.oid = o.conrelid
where t.relnamespace = 'public'::regnamespace and o.contype = 'f'
"""
# Made by libraries, which describe them themselves.
LIBRARIES = ("django_", "procrastinate_")


class Order(NamedTuple):
    """What holds between rows: see ORDERS."""

    table: str
    kind: str
    columns: tuple[str, ...]
    leads_to: str = ""


# What the SQL of a migration says and no model does. What a migration adds from now on, a model says.
SQL_ALONE = {("jobs_deferrable", "task", "text", False), ("keys_installation", "only_one", "boolean", False)}
ORDERS_OF_SQL_ALONE = {
    Order("access_once", "foreign", ("session_id",), "access_session cascade"),
    Order("access_once", "index", ("session_id",)),
    Order("access_session", "index", ("citizen_id",)),
    Order("corrections_report", "index", ("citizen_id", "reported_at")),
    Order("jobs_deferrable", "primary", ("task",)),
    Order("journal_entry", "index", ("citizen_id", "id")),
    Order("journal_entry", "index", ("subject", "id")),
    Order("keys_installation", "unique", ("only_one",)),
    Order("profile_code_sent", "index", ("mark", "at")),
}


def ours() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("portal.")]


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
        elif field.unique and not field.primary_key:
            yield Order(table, "unique", (field.column,))
        elif field.db_index:
            yield Order(table, "index", (field.column,))
    for each in (*meta.constraints, *meta.indexes):
        kind = "unique" if isinstance(each, models.UniqueConstraint) else "index"
        yield Order(table, kind, tuple(meta.get_field(name).column for name in each.fields))


def found(databases: list[psycopg.Connection], query: str) -> list[Any]:
    rows = [row for database in databases for row in database.execute(query)]
    return [row for row in rows if not row[0].startswith(LIBRARIES)]


def test_every_column_is_as_its_model_says(past_walls, past_key_walls):
    described = {column for model in ours() for column in columns_of(model)}
    assert set(found([past_walls, past_key_walls], COLUMNS)) == described | SQL_ALONE
    assert described & SQL_ALONE == set()


def test_keys_and_indexes_are_as_their_model_says(past_walls, past_key_walls):
    described = {order for model in ours() for order in orders_of(model)}
    there = {Order(row[0], row[1], tuple(row[2]), row[3]) for row in found([past_walls, past_key_walls], ORDERS)}
    assert there == described | ORDERS_OF_SQL_ALONE
    assert described & ORDERS_OF_SQL_ALONE == set()
