"""The floor of taking in events of the eBox: write their rows, but fetch, open, seal and look up nothing.

    python -m benchmarks.bare_events EVENTS CITIZENS PAGE     with DATABASE_URL_WORKER

For each page one transaction: marks, entries of the journal, notices with their mails and jobs by the database's own
function, and the cursor; with random bytes as long as those that are sealed. Prints the seconds for each line of its
input.
"""

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg

NOTICE, ERRAND = 420, 180  # bytes of a sealed notice, characters of what goes with it to its mail
TAKE = "insert into mailbox_event select * from unnest(%s::uuid[], %s::bytea[], %s::timestamptz[], %s::timestamptz[])"
ASKED = """
insert into journal_entry (trace_id, operation_id, name, actor_kind, actor, subject, start_ms, activities, status)
values (%s, %s, 'take in events of own mailbox', 'system', 'worker', %s, %s, %s, 0)
"""
ENDED = """
insert into journal_entry (trace_id, operation_id, subject, end_ms, status, outcomes) values (%s, %s, %s, %s, 1, %s)
"""
PUT = "select notifications_put('ebox', %s::uuid[], %s::uuid[], %s::uuid[], %s, %s::bytea[], %s::text[], %s)"
CURSOR = """
insert into mailbox_cursor (source, number, at) values ('bare', %s, %s)
on conflict (source) do update set number = excluded.number, at = excluded.at
"""


def write(conn: psycopg.Connection, citizens: list[UUID], events: int, page: int) -> None:
    """Write the rows of so many events, `page` in one transaction."""
    for begin in range(0, events, page):
        receivers = [citizens[place % len(citizens)] for place in range(begin, min(begin + page, events))]
        now = datetime.now(UTC)
        ends = [now + timedelta(days=730)] * len(receivers)
        entries = [(os.urandom(16), os.urandom(8), uuid4()) for _ in set(receivers)]
        with conn.transaction(), conn.cursor() as cursor:
            cursor.execute(TAKE, (receivers, [os.urandom(32) for _ in receivers], [now] * len(receivers), ends))
            milliseconds = int(now.timestamp() * 1000)
            cursor.executemany(ASKED, [(*entry, milliseconds, [os.urandom(32)]) for entry in entries])
            cursor.executemany(ENDED, [(*entry, milliseconds, ["ready"]) for entry in entries])
            ids, sealed = [uuid4() for _ in receivers], [os.urandom(NOTICE) for _ in receivers]
            cursor.execute(
                PUT,
                (receivers, [uuid4() for _ in receivers], ids, ends, sealed, ["x" * ERRAND] * len(receivers), now),
            )
            cursor.execute(CURSOR, (begin, now))


if __name__ == "__main__":
    events, citizens, page = map(int, sys.argv[1:])
    people = [uuid4() for _ in range(citizens)]
    with psycopg.connect(os.environ["DATABASE_URL_WORKER"], autocommit=True) as conn:
        while sys.stdin.readline():
            began = time.perf_counter()
            write(conn, people, events, page)
            print(time.perf_counter() - began, flush=True)
