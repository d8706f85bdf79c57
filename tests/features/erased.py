"""Find what is left of somebody who had everything erased, and the form by which they have it erased."""

from uuid import UUID

import psycopg

PAGE = "/privacy/wissen/"
YES = {"akkoord": "1"}
OWNED = """
select table_name from information_schema.columns where column_name = 'citizen_id' and table_schema = 'public'
order by 1
"""
# Tables that keep a row after an erasure for a while: that it happened, and what the eBox is still to be told.
STANDS, UNTOLD = {"access_erasure"}, {"mailbox_untold", "mailbox_farewell"}
OTHERS = ("profile_code_sent", "notifications_bundle", "dossiers_upload", "access_erased")


PUT_KEPT = "insert into profile_kept (citizen_id, kind, sealed, consent, since) values (%s, %s, %s, %s, now())"


class Killed(BaseException):
    """Stands for the death of the process: no `except Exception` of ours catches it."""


def tables_of_citizens(database: psycopg.Connection) -> list[str]:
    return [name for (name,) in database.execute(OWNED) if name not in ("journal_entry", "keys_erasure")]


def tables_with(who: UUID, *databases: psycopg.Connection) -> set[str]:
    """Name the tables that have a row of a citizen."""
    return {
        table
        for database in databases
        for table in tables_of_citizens(database)
        if database.execute(f"select 1 from {table} where citizen_id = %s", (who,)).fetchone()
    }
