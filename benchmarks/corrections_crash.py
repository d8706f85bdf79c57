"""Whether a report of an error is lost, or counts twice, while worker, database and body are killed or down.

Two thousand reports come in over about two minutes. Meanwhile a worker is killed (SIGKILL) every few seconds, the
database three times, and the body twice: the second time it is down for a minute and a half. In between the body
accepts reports and breaks the connection instead of confirming them. Everything runs on this machine: a PostgreSQL of
its own, the town's desks, which keep what they received on disk, and two workers. The pause between tries is three
seconds instead of five minutes; everything else is as in production.

Lost: confirmed to the citizen and not at the body at the end. Double: one report that had two effects at the body
(two keys, or other content under one key). A report that came twice under its key had one effect.
"""

import json
import sqlite3
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import psycopg

from deploy.local.environment import for_portal, for_town, for_worker
from deploy.local.house import ROOT
from deploy.local.processes import WORKER, Child, answers_connection, answers_http, spawn
from deploy.local.trouble import LocalTroubleError

from .figures import Figure
from .stage import DATABASE, Stage, open_stage, until

COUNT = 2000
WORKERS = 2
PATIENCE_S = 900  # for the whole run
LATENCY_MS = 100  # of the body, so that each kill falls in the middle of reports on their way
SOURCE = "ahovoks-verbetering"
SETTINGS = {"CORRECTIONS_RETRY_SECONDS": "3", "WORKER_SILENT_SECONDS": "4"}


def measure() -> tuple[Figure, Figure]:
    """Run it all; give how many reports were lost and how many were double."""
    with open_stage(SETTINGS) as stage:
        _start_town(stage)
        confirmed = stage.folder / "confirmed.txt"
        arguments = ["-m", "benchmarks.corrections_submit", str(COUNT), str(confirmed)]
        stage.running["citizens"] = spawn("citizens", arguments, for_portal(stage.values), ROOT)
        started = time.monotonic()
        _break_things(stage, stage.running["citizens"], started)
        return _count(confirmed, stage, time.monotonic() - started)


def _start_town(stage: Stage) -> None:
    stage.running["body"] = spawn("town", ["-m", "sandbox"], for_town(stage.values), ROOT)
    until(lambda: answers_http(stage.ports.town) and answers_connection(stage.ports.town_tls), "the town")
    _turn(stage, "ok")


def _turn(stage: Stage, mode: str) -> None:
    """Turn the switch of the body's desk; does nothing while the town is down."""
    body = json.dumps({"mode": mode, "latency_ms": LATENCY_MS}).encode()
    address = f"http://127.0.0.1:{stage.ports.town}/faults/{SOURCE}"
    with suppress(OSError), urllib.request.urlopen(urllib.request.Request(address, body, method="PUT")):
        pass


def _keep_workers(stage: Stage) -> None:
    """Start workers that ended again, as an operator's supervisor does."""
    for name in (f"worker{number}" for number in range(WORKERS)):
        if name not in stage.running or stage.running[name].process.poll() is not None:
            stage.running[name] = spawn("worker", WORKER, for_worker(stage.values), ROOT)


def _count_left(stage: Stage) -> int | None:
    """Count the reports that are still to be delivered; None while the database does not answer."""
    try:
        with closing(psycopg.connect(stage.cluster.urls(DATABASE).worker, autocommit=True)) as conn:
            row = conn.execute("select count(*) from corrections_delivery").fetchone()
    except psycopg.Error:
        return None
    return int(row[0]) if row else None


def _break_things(stage: Stage, submitting: Child, started: float) -> None:
    """Kill and start processes by a plan of seconds, until all that was confirmed is delivered."""
    worker_every, next_kill, killed = 5.0, 8.0, 0
    plan: list[tuple[float, Callable[[], None]]] = [
        (12.0, lambda: _turn(stage, "reset")),
        (20.0, stage.kill_database),
        (24.0, stage.start_database),
        (30.0, lambda: stage.kill("body")),
        (40.0, lambda: _start_town(stage)),
        (46.0, stage.kill_database),
        (47.0, stage.start_database),
        (52.0, lambda: _turn(stage, "reset")),
        (60.0, lambda: stage.kill("body")),
        (100.0, stage.kill_database),
        (115.0, stage.start_database),
        (150.0, lambda: _start_town(stage)),
        (160.0, lambda: _turn(stage, "reset")),
        (165.0, lambda: _turn(stage, "ok")),
    ]
    while True:
        now = time.monotonic() - started
        if now > PATIENCE_S:
            raise LocalTroubleError(f"not done after {PATIENCE_S} s: {_count_left(stage)} still to be delivered")
        while plan and plan[0][0] <= now:
            _, act = plan.pop(0)
            act()
        _keep_workers(stage)
        if plan and now >= next_kill:
            stage.kill(f"worker{killed % WORKERS}")
            killed += 1
            next_kill = now + worker_every
        if not plan and submitting.process.poll() is not None and _count_left(stage) == 0:
            return
        time.sleep(0.2)


def _count(confirmed: Path, stage: Stage, seconds: float) -> tuple[Figure, Figure]:
    confirmed_references = [line.split()[1] for line in confirmed.read_text().splitlines()]
    with closing(sqlite3.connect(stage.folder / "town-reports.sqlite")) as rows:
        reports = rows.execute("select key, reference, content, came, contradicted from reports").fetchall()
    by_number: dict[str, set[str]] = {}
    for key, _reference, content, _came, _contradicted in reports:
        by_number.setdefault(json.loads(content)["moet_zijn"].removeprefix("nummer "), set()).add(key)
    arrived = {reference for _, reference, *_ in reports}
    lost = [reference for reference in confirmed_references if reference not in arrived]
    double = sum(len(keys) - 1 for keys in by_number.values()) + sum(row[4] for row in reports)
    more: dict[str, object] = {
        "confirmed": len(confirmed_references),
        "at_the_body": len(reports),
        "came": sum(row[3] for row in reports),
        "kills": stage.kills,
        "seconds": round(seconds),
    }
    if len(confirmed_references) != COUNT:
        sys.stderr.write(f"only {len(confirmed_references)} of {COUNT} reports were confirmed\n")
    return (
        Figure("corrections_crash_lost", len(lost) + COUNT - len(confirmed_references), "reports", 0, more),
        Figure("corrections_crash_double", double, "reports", 0, more),
    )
