"""Put a database back as its migrations made it, so that no folder of tests finds rows of another one.

Which folders share a process, and so a database, differs from run to run: a test that counts rows of others passes in
one run and fails in the next.
"""

from collections.abc import Mapping

import psycopg
from psycopg import sql

TABLES = """
select relname from pg_class
where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'django_migrations'
"""


def rows_of(conn: psycopg.Connection) -> Mapping[str, bytes]:
    """Read the rows of every table that has any, as COPY writes them, by table. conn: a superuser's."""
    return {table: _read(conn, table) for table in _filled_tables(conn)}


def put_back(conn: psycopg.Connection, kept: Mapping[str, bytes]) -> None:
    """Empty every table, and put in the rows that `rows_of` read. conn: a superuser's."""
    with conn.transaction():
        # Neither triggers nor references between tables hold this back.
        conn.execute("set local session_replication_role = replica")
        for table in _filled_tables(conn):
            conn.execute(sql.SQL("delete from {}").format(sql.Identifier(table)))
        for table, rows in kept.items():
            with conn.cursor().copy(sql.SQL("copy {} from stdin").format(sql.Identifier(table))) as copy:
                copy.write(rows)


def _filled_tables(conn: psycopg.Connection) -> list[str]:
    tables = [table for (table,) in conn.execute(TABLES).fetchall()]
    looks = sql.SQL(" union all ").join(
        sql.SQL("select {} where exists (select from {})").format(table, sql.Identifier(table)) for table in tables
    )
    return [table for (table,) in conn.execute(looks).fetchall()]


def _read(conn: psycopg.Connection, table: str) -> bytes:
    with conn.cursor().copy(sql.SQL("copy {} to stdout").format(sql.Identifier(table))) as copy:
        return b"".join(bytes(part) for part in copy)
