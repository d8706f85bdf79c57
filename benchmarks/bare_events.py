"""What writing the rows of events of the eBox costs at the least: nothing is fetched, opened, sealed or looked up.

    python -m benchmarks.bare_events EVENTS CITIZENS PAGE     with DATABASE_URL_WORKER

For each page one transaction: marks, entries of the journal, notices with their mails and jobs by the database's own
function, and the cursor; with random bytes as long as those that are sealed. Prints the seconds, for each line
that it is given.
"""

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg

NOTICE, ERRAND = 420, 180  # bytes, characters
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
    """Write the rows of so many events."""
    for begin in range(0, events, page):
        who = [citizens[place % len(citizens)] for place in range(begin, min(begin + page, events))]
        now = datetime.now(UTC)
        ends = [now + timedelta(days=730)] * len(who)
        entries = [(os.urandom(16), os.urandom(8), uuid4()) for _ in set(who)]
        with conn.transaction(), conn.cursor() as cursor:
            cursor.execute(TAKE, (who, [os.urandom(32) for _ in who], [now] * len(who), ends))
            milliseconds = int(now.timestamp() * 1000)
            cursor.executemany(ASKED, [(*one, milliseconds, [os.urandom(32)]) for one in entries])
            cursor.executemany(ENDED, [(*one, milliseconds, ["ready"]) for one in entries])
            ids, sealed = [uuid4() for _ in who], [os.urandom(NOTICE) for _ in who]
            cursor.execute(PUT, (who, [uuid4() for _ in who], ids, ends, sealed, ["x" * ERRAND] * len(who), now))
            cursor.execute(CURSOR, (begin, now))


if __name__ == "__main__":
    events, citizens, page = map(int, sys.argv[1:])
    people = [uuid4() for _ in range(citizens)]
    with psycopg.connect(os.environ["DATABASE_URL_WORKER"], autocommit=True) as conn:
        while sys.stdin.readline():
            began = time.perf_counter()
            write(conn, people, events, page)
            print(time.perf_counter() - began, flush=True)
