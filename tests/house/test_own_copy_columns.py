"""Every column of every table is in a citizen's own copy, or it is written why not."""

import psycopg
import pytest

from tests.own_copy_columns import IN_COPY, NOT_IN_COPY, OF_NOBODY

pytestmark = pytest.mark.security

COLUMNS = """
select table_name, column_name from information_schema.columns
where table_schema = 'public' and table_name !~ '^(django|procrastinate)_'
"""
# By these a row is somebody's, whatever else it says.
OF_SOMEBODY = ("citizen_id", "subject")


def columns_of(*databases: psycopg.Connection) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for database in databases:
        for table, column in database.execute(COLUMNS):
            found.setdefault(table, set()).add(column)
    return found


def test_every_column_is_accounted_for_once(past_walls: psycopg.Connection, past_key_walls: psycopg.Connection):
    found = columns_of(past_walls, past_key_walls)
    told = {
        table: set(IN_COPY.get(table, ())) | set(NOT_IN_COPY.get(table, ())) for table in (*IN_COPY, *NOT_IN_COPY)
    }
    assert {table: columns for table, columns in found.items() if table not in OF_NOBODY} == told
    assert {table: set(IN_COPY[table]) & set(NOT_IN_COPY.get(table, ())) for table in IN_COPY} == {
        table: set() for table in IN_COPY
    }


def test_what_is_said_to_be_nobodys_names_nobody(past_walls: psycopg.Connection, past_key_walls: psycopg.Connection):
    found = columns_of(past_walls, past_key_walls)
    assert set(OF_NOBODY) <= set(found)
    assert [table for table in OF_NOBODY if found[table] & set(OF_SOMEBODY)] == []


def test_each_reason_is_a_sentence():
    reasons = [why for columns in NOT_IN_COPY.values() for why in columns.values()] + list(OF_NOBODY.values())
    assert [why for why in reasons if not why.endswith(".") or len(why) < 7] == []
