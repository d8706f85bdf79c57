"""How long it takes to delete the data of ten thousand citizens who were away for two years, among ninety thousand.

The floor deletes the same rows, a statement for each table, and writes the same farewells and entries of the journal,
past row-level security and in one transaction. Both take turns in one database, each on connections that are new. The
floor includes the journal, since every deletion must be in it; `over_deletes` is the ratio to deletes and farewells
alone.
"""

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg

from deploy.local.environment import for_worker

from .figures import Figure, median, ratios, round_off
from .stage import DATABASE, open_stage

TARGET = 1.3
EXPIRED, OTHERS, ROUNDS = 10_000, 90_000, 5
TABLES = (
    "profile_kept",
    "profile_email",
    "profile_address",
    "notifications_preferences",
    "mailbox_link",
    "mailbox_box",
)
# Rows as long as real ones; one citizen in ten linked their eBox. Those past their term had their warning mail.
FILL = """
insert into privacy_visit (citizen_id, seen_on, announced_on) select id, %(seen)s, %(told)s from given;
insert into profile_kept (citizen_id, kind, sealed, consent, since)
    select id, kind, decode(repeat('00', 60), 'hex'), 'email-1', now()
    from given, unnest('{nickname,email}'::text[]) kind;
insert into profile_email (citizen_id, id, sealed, consent, since)
    select id, gen_random_uuid(), decode(repeat('00', 60), 'hex'), 'email-1', now() from given;
insert into profile_address (id, citizen_id, sealed, consent, since)
    select gen_random_uuid(), id, decode(repeat('00', 120), 'hex'), 'address-1', now() from given;
insert into notifications_preferences (citizen_id, sealed, consent, since)
    select id, decode(repeat('00', 90), 'hex'), 'mail-1', now() from given;
insert into mailbox_link (citizen_id, sealed, consent, since)
    select id, decode(repeat('00', 60), 'hex'), 'link-1', now() from given where get_byte(uuid_send(id), 0) < 26;
insert into mailbox_box (citizen_id, mark, sealed, due_at)
    select id, uuid_send(id), decode(repeat('00', 110), 'hex'), now() from given where get_byte(uuid_send(id), 0) < 26
"""
# What the federation of eBoxes is to hear of who was linked (decision 0062).
FAREWELLS = ("mailbox_untold", "mailbox_farewell")
FAREWELL = """
insert into mailbox_untold (citizen_id, wish, due_at, ends_at)
    select citizen_id, gen_random_uuid(), now(), now() + interval '7 days' from mailbox_box
    where citizen_id = any(%(ids)s);
insert into mailbox_farewell (citizen_id, sealed, due_at, ends_at)
    select citizen_id, sealed, now(), now() + interval '7 days' from mailbox_box where citizen_id = any(%(ids)s)
"""
KEYS = """
insert into keys_citizen (citizen_id, data_key, mail_key, private_key, public_key)
values (%s, '', %s, '', decode(repeat('00', 64), 'hex'))
"""
NAMES = "insert into keys_subject (citizen_id, subject) values (%s, %s)"
OVER = "select array_agg(citizen_id) from privacy_visit where announced_on is not null"
FORGOTTEN = """
update privacy_visit set seen_on = null, announced_on = null, retired_on = current_date where citizen_id = any(%s)
"""
COLUMNS = "trace_id, operation_id, name, actor_kind, actor, subject, start_ms, activities, end_ms, status, outcomes"
# The journal entries of the first sweep, which the floor writes again.
LINES = "create table lines as select * from journal_entry"
WRITE = f"insert into journal_entry ({COLUMNS}) select {COLUMNS} from lines order by id"


def measure() -> Figure:
    """Measure on a PostgreSQL of its own."""
    swept: list[float] = []
    deletes: list[float] = []
    plain: list[float] = []
    with open_stage({}) as stage, closing(stage.cluster.superuser(DATABASE)) as past_walls:
        citizens = _run(stage.values, "make", str(EXPIRED))
        ids = [UUID(citizen_id) for citizen_id, _, _ in citizens]
        with closing(stage.cluster.superuser(f"{DATABASE}_keys")) as keys, keys.cursor() as cursor:
            cursor.executemany(KEYS, [(citizen_id, mail) for citizen_id, mail, _ in citizens])
            cursor.executemany(NAMES, [(citizen_id, subject) for citizen_id, _, subject in citizens])
        today = datetime.now(UTC).date()
        over = (today.replace(year=today.year - 3), today.replace(year=today.year - 1))
        _fill(past_walls, [uuid4() for _ in range(OTHERS)], today, None)
        for number in range(ROUNDS):
            _fill(past_walls, ids, *over)
            seconds, count = _run(for_worker(stage.values), "sweep")
            (farewells,) = past_walls.execute("select count(*) from mailbox_farewell").fetchone() or (0,)
            if count != EXPIRED or not EXPIRED / 20 < farewells < EXPIRED / 5:
                raise RuntimeError(f"taken away of {count}, with {farewells} farewells")
            swept.append(seconds)
            if number == 0:
                past_walls.execute(LINES)
            _fill(past_walls, ids, *over)
            with closing(stage.cluster.superuser(DATABASE)) as new:
                alone, whole = _run_floor(new)
            deletes.append(alone)
            plain.append(whole)
    pairs = ratios(swept, plain)
    more = {
        "over_deletes": round_off(median(ratios(swept, deletes))),
        "swept_s": round_off(median(swept)),
        "plain_s": round_off(median(plain)),
        "pairs": [round_off(pair) for pair in pairs],
    }
    return Figure("retention_sweep_ratio", median(pairs), "ratio", TARGET, more)


def _fill(conn: psycopg.Connection, ids: Sequence[UUID], seen: date, told: date | None) -> None:
    """Insert rows of these citizens. seen, told: the days of their last sign-in, and of their warning mail."""
    for table in ("privacy_visit", *FAREWELLS):
        conn.execute(f"delete from {table} where citizen_id = any(%s)".encode(), (list(ids),))
    conn.execute("create temporary table given as select unnest(%s::uuid[]) id", (list(ids),))
    for statement in FILL.split(";"):
        conn.execute(statement.encode(), {"seen": seen, "told": told})
    conn.execute("drop table given")
    conn.execute("vacuum analyze")


def _run_floor(conn: psycopg.Connection) -> tuple[float, float]:
    """Do the work of the floor; return the seconds of the deletes alone, and of all."""
    began = time.perf_counter()
    with conn.transaction():
        (ids,) = conn.execute(OVER).fetchone() or ([],)
        for statement in FAREWELL.split(";"):
            conn.execute(statement.encode(), {"ids": ids})
        for table in TABLES:
            conn.execute(f"delete from {table} where citizen_id = any(%s)".encode(), (ids,))
        conn.execute(FORGOTTEN, (ids,))
        alone = time.perf_counter() - began
        conn.execute(WRITE.encode())
    return alone, time.perf_counter() - began


def _run(environment: Mapping[str, str], *arguments: str) -> Any:
    command = [sys.executable, "-m", "benchmarks.retention_run", *arguments]
    return json.loads(subprocess.run(command, check=True, capture_output=True, env=environment, timeout=900).stdout)
