"""Whether a report of an error is lost, or counts twice, while worker, database and body are killed or down.

Two thousand reports come in over about two minutes. Meanwhile a worker is killed (SIGKILL) every few seconds, the
database three times, and the body twice: the second time it is down for a minute and a half. In between the body
takes reports in and breaks the connection instead of confirming. Everything runs on this machine: a PostgreSQL of
its own, the town's desks, which keep what they got on disk, and two workers. The pause between tries is three
seconds instead of five minutes; all else is as in production.

Lost: confirmed to the citizen and not at the body at the end. Double: one report that had two effects at the body
(two keys, or other content under one key). A report that came twice under its key had one effect.
"""

import json
import os
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from deploy.local import machine_keys, postgres, postmaster
from deploy.local.certificates import ensure
from deploy.local.environment import Ports, environment, for_portal, for_town, for_worker
from deploy.local.house import ROOT, free_ports
from deploy.local.postgres import Cluster
from deploy.local.processes import WORKER, Child, answers_connection, answers_http, spawn, stop_all
from deploy.local.trouble import LocalTroubleError

from .figures import Figure

COUNT = 2000
WORKERS = 2
PATIENCE_S = 900  # for all of it
LATENCY_MS = 100  # of the body, so that each kill falls in the middle of reports on their way
SOURCE = "ahovoks-verbetering"
DATABASE = "crash"


@dataclass
class _Stage:
    """What runs, how to start each of it again, and how often each was killed."""

    folder: Path
    ports: Ports
    values: dict[str, str]
    cluster: Cluster
    town: Child | None = None
    workers: list[Child] = field(default_factory=list)
    kills: dict[str, int] = field(default_factory=lambda: {"worker": 0, "database": 0, "body": 0})

    def start_town(self) -> None:
        self.town = spawn("town", ["-m", "sandbox"], for_town(self.values), ROOT)
        _until(lambda: answers_http(self.ports.town) and answers_connection(self.ports.town_tls))
        self.turn("ok")

    def kill_town(self) -> None:
        assert self.town is not None
        _kill(self.town)
        self.kills["body"] += 1

    def turn(self, mode: str) -> None:
        """Turn the switch of the body's desk; of a town that is down it cannot be."""
        said = json.dumps({"mode": mode, "latency_ms": LATENCY_MS}).encode()
        address = f"http://127.0.0.1:{self.ports.town}/faults/{SOURCE}"
        with suppress(OSError), urllib.request.urlopen(urllib.request.Request(address, said, method="PUT")):
            pass

    def keep_workers(self) -> None:
        """Start workers again, as whoever runs them in production does."""
        self.workers = [child for child in self.workers if child.process.poll() is None]
        while len(self.workers) < WORKERS:
            self.workers.append(spawn("worker", WORKER, for_worker(self.values), ROOT))

    def kill_worker(self) -> None:
        if self.workers:
            _kill(self.workers[0])
            self.kills["worker"] += 1

    def kill_database(self) -> None:
        """Kill the server and every process of it, as a power cut does."""
        pid = postmaster.postmaster_pid(self.cluster.place)
        if pid is None:
            return
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for one in (pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        self.kills["database"] += 1

    def start_database(self) -> None:
        self.cluster.stop()
        self.cluster = postgres.start(self.folder)

    def left(self) -> int | None:
        """Count what is still to be delivered; None while the database does not say."""
        try:
            with closing(psycopg.connect(self.cluster.urls(DATABASE).worker, autocommit=True)) as conn:
                row = conn.execute("select count(*) from corrections_delivery").fetchone()
        except psycopg.Error:
            return None
        return int(row[0]) if row else None


def measure() -> tuple[Figure, Figure]:
    """Run it all; gives what was lost and what was double."""
    with tempfile.TemporaryDirectory(prefix="mbp-crash-") as made:
        folder = Path(made)
        # The server runs as another user when we are root.
        folder.chmod(0o755)
        stage = _stage(folder)
        submitting: list[Child] = []
        try:
            stage.start_town()
            confirmed = folder / "confirmed.txt"
            arguments = ["-m", "benchmarks.corrections_submit", str(COUNT), str(confirmed)]
            submitting.append(spawn("citizens", arguments, for_portal(stage.values), ROOT))
            started = time.monotonic()
            _break_things(stage, submitting[0], started)
            seconds = time.monotonic() - started
            return _counted(folder, confirmed, stage, seconds)
        finally:
            stop_all([*submitting, *stage.workers, *([stage.town] if stage.town else [])])
            stage.cluster.stop()
            remove(stage.cluster.place)


def _stage(folder: Path) -> _Stage:
    ports = Ports(*free_ports(len(Ports().named())))
    origin = f"http://localhost:{ports.portal}"
    certificates = ensure(folder / "certificates", origin)
    machine_keys.ensure(certificates.machines, [ROOT / "agencies"])
    cluster = postgres.start(folder)
    for name in (DATABASE, f"{DATABASE}_keys"):
        cluster.create_database(name, fresh=True)
    given = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    given |= {
        "MAGDA_SIMULATOR_PATH": "",
        "CORRECTIONS_RETRY_SECONDS": "3",
        "WORKER_SILENT_SECONDS": "4",
        "DJANGO_SETTINGS_MODULE": "portal.config.settings",
    }
    values = environment(
        given,
        checkout=ROOT,
        ports=ports,
        certificates=certificates,
        urls=cluster.urls(DATABASE),
        key_urls=cluster.urls(f"{DATABASE}_keys"),
    )
    values |= {"KEYS_FILE": f"{folder}/keys/portal.json", "KEYS_FILE_WORKER": f"{folder}/keys/worker.json"}
    for command in (["migrate", "--database", "owner"], ["migrate", "--database", "keys_owner"], ["keys", "create"]):
        child = spawn(command[0], ["manage.py", *command, "--verbosity", "0"], values, ROOT)
        if child.process.wait(60) != 0:
            raise LocalTroubleError(f"manage.py {command[0]} failed")
    return _Stage(folder, ports, values, cluster)


def _break_things(stage: _Stage, submitting: Child, started: float) -> None:
    """Kill and start again by the clock, until all that was confirmed is delivered."""
    worker_every, next_kill = 5.0, 8.0
    plan: list[tuple[float, Callable[[], None]]] = [
        (12.0, lambda: stage.turn("reset")),
        (20.0, stage.kill_database),
        (24.0, stage.start_database),
        (30.0, stage.kill_town),
        (40.0, stage.start_town),
        (46.0, stage.kill_database),
        (47.0, stage.start_database),
        (52.0, lambda: stage.turn("reset")),
        (60.0, stage.kill_town),
        (100.0, stage.kill_database),
        (115.0, stage.start_database),
        (150.0, stage.start_town),
        (160.0, lambda: stage.turn("reset")),
        (165.0, lambda: stage.turn("ok")),
    ]
    while True:
        now = time.monotonic() - started
        if now > PATIENCE_S:
            raise LocalTroubleError(f"not done after {PATIENCE_S} s: {stage.left()} still to be delivered")
        while plan and plan[0][0] <= now:
            _, act = plan.pop(0)
            act()
        stage.keep_workers()
        if plan and now >= next_kill:
            stage.kill_worker()
            next_kill = now + worker_every
        if not plan and submitting.process.poll() is not None and stage.left() == 0:
            return
        time.sleep(0.2)


def _counted(folder: Path, confirmed: Path, stage: _Stage, seconds: float) -> tuple[Figure, Figure]:
    told = [line.split()[1] for line in confirmed.read_text().splitlines()]
    with closing(sqlite3.connect(folder / "town-reports.sqlite")) as rows:
        reports = rows.execute("select key, reference, content, came, contradicted from reports").fetchall()
    by_number: dict[str, set[str]] = {}
    for key, _reference, content, _came, _contradicted in reports:
        by_number.setdefault(json.loads(content)["moet_zijn"].removeprefix("nummer "), set()).add(key)
    arrived = {reference for _, reference, *_ in reports}
    lost = [reference for reference in told if reference not in arrived]
    double = sum(len(keys) - 1 for keys in by_number.values()) + sum(row[4] for row in reports)
    more: dict[str, object] = {
        "confirmed": len(told),
        "at_the_body": len(reports),
        "came": sum(row[3] for row in reports),
        "kills": stage.kills,
        "seconds": round(seconds),
    }
    if len(told) != COUNT:
        sys.stderr.write(f"only {len(told)} of {COUNT} reports were confirmed\n")
    return (
        Figure("corrections_crash_lost", len(lost) + COUNT - len(told), "reports", 0, more),
        Figure("corrections_crash_double", double, "reports", 0, more),
    )


def _kill(child: Child) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.process.pid, signal.SIGKILL)
    child.process.wait()


def remove(place: postmaster.ClusterPlace) -> None:
    """Take away what the cluster of a temporary folder leaves outside of it."""
    for folder in (place.data.parent, place.sockets):
        if folder.name.startswith(("mijn-burgerprofiel-", "mbp-")):
            shutil.rmtree(folder, ignore_errors=True)


def _until(done: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise LocalTroubleError("the town did not start")
        time.sleep(0.05)
