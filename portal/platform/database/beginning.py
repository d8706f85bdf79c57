"""Begin a transaction that sees one citizen's rows.

The citizen's id never stands in the text of a statement: every session of a role sees what the others run
(`pg_stat_activity`), and a log may keep it. It goes as a parameter. BEGIN and set_config travel in one message: an
extra round trip costs as much CPU as a query.
"""

from collections.abc import Generator
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

# `true` limits the setting to this transaction, so that the next borrower of the connection does not inherit it. The
# statement is not prepared: psycopg drops its prepared statements after each rollback.
AS_CITIZEN = b"select pg_catalog.set_config('app.citizen', $1, true)"
# Also the citizen's journal subject, where it is known: it is stored in the key database, so no query can look it up
# here.
AND_IN_JOURNAL = AS_CITIZEN + b", pg_catalog.set_config('app.journal', $2, true)"
FAILED = (ExecStatus.FATAL_ERROR, ExecStatus.PIPELINE_ABORTED)


async def begin(conn: AsyncConnection[Any]) -> None:
    """Begin a transaction for nobody's rows. conn: in autocommit."""
    await conn.execute("begin")


async def begin_as(conn: AsyncConnection[Any], citizen_id: UUID, subject: UUID | None = None) -> None:
    """Begin a transaction whose row policies compare with this citizen. conn: in autocommit.

    subject: the citizen's journal subject (`keys.subjects`); without it, entries of the journal under that name can
    be neither read nor written.
    """
    names = [name.hex.encode() for name in (citizen_id, subject) if name is not None]
    async with conn.lock:
        await conn.wait(_begin(conn.pgconn, names))


def _begin(pgconn: PGconn, names: list[bytes]) -> Generator[Wait, Ready | int]:
    """Send both statements in one message and read both results, with psycopg's own generators.

    Psycopg's pipeline mode does the same for twice the CPU time.
    """
    pgconn.enter_pipeline_mode()
    pgconn.send_query_params(b"begin", None)
    pgconn.send_query_params(AS_CITIZEN if len(names) == 1 else AND_IN_JOURNAL, names)
    pgconn.pipeline_sync()
    while pgconn.flush():
        yield Wait.W
    failed: PGresult | None = None
    while True:
        while pgconn.is_busy():
            yield Wait.R
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:
            continue
        if result.status == ExecStatus.PIPELINE_SYNC:
            break
        if result.status in FAILED and failed is None:
            failed = result
    pgconn.exit_pipeline_mode()
    if failed is not None:
        raise error_from_result(failed)
