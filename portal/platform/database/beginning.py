"""How a transaction begins that sees one citizen's rows.

Who the citizen is stands in no statement's text: a role sees what its other sessions run (`pg_stat_activity`), and a
log may keep it. It goes as a parameter, in one message with the beginning: a message more costs as much processor
time as a statement.
"""

from collections.abc import Generator
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

# `true`: for this transaction only, so that the next borrower of the connection does not inherit it. It is parsed
# each time: a statement with a name is gone when psycopg forgets its own, after any transaction that was rolled back.
AS_CITIZEN = b"select pg_catalog.set_config('app.citizen', $1, true)"
# Their name in the journal too, where that is known: it stands in another database, and no statement brings it back.
AND_IN_JOURNAL = AS_CITIZEN + b", pg_catalog.set_config('app.journal', $2, true)"
FAILED = (ExecStatus.FATAL_ERROR, ExecStatus.PIPELINE_ABORTED)


async def begin(conn: AsyncConnection[Any]) -> None:
    """Begin a transaction for nobody's rows. conn: in autocommit."""
    await conn.execute("begin")


async def begin_as(conn: AsyncConnection[Any], citizen_id: UUID, subject: UUID | None = None) -> None:
    """Begin a transaction whose row policies compare with this citizen. conn: in autocommit.

    subject: the citizen's name in the journal; without it, nothing that bears it is seen or written.
    """
    names = [name.hex.encode() for name in (citizen_id, subject) if name is not None]
    async with conn.lock:
        await conn.wait(_begun(conn.pgconn, names))


def _begun(pgconn: PGconn, names: list[bytes]) -> Generator[Wait, Ready | int]:
    """Send both statements at once and take in their answers, as psycopg's own generators do.

    Its pipeline would do the same for twice the processor time.
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
