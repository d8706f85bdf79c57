"""Run town, portal and worker together for a while, on ports and in databases of their own.

For tests and benchmarks that use the portal over HTTP.
"""

import atexit
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from secrets import SystemRandom
from typing import Any

from deploy.local import machine_keys, postgres
from deploy.local.certificates import ensure
from deploy.local.environment import Ports, environment, for_portal, for_town, for_worker
from deploy.local.postgres import Cluster, Urls
from deploy.local.processes import WORKER, Child, answers_http, portal_server, spawn, stop_all
from deploy.local.trouble import LocalTroubleError

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 180  # seconds, for a start beside others
PORTS = range(20_000, 32_000)  # below `net.ipv4.ip_local_port_range`

_claims = ExitStack()
atexit.register(_claims.close)


@dataclass(frozen=True)
class House:
    """A running portal, worker and town: their origins, the database, their environment, and what each logged."""

    portal: str
    town: str
    cluster: Cluster
    database: str
    urls: Urls
    key_urls: Urls
    environment: Mapping[str, str]
    log: Path
    worker_log: Path
    children: tuple[Child, ...]

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Look into the database past its walls."""
        return self.cluster.rows(self.database, statement)

    def child(self, name: str) -> Child:
        """Find a process: `town`, `portal` or `worker`."""
        return next(child for child in self.children if child.name == name)


def free_ports(count: int) -> list[int]:
    """Find free ports, which stay free until somebody listens there, however late that is.

    They are none of those that the system gives to outgoing connections, and no other process finds the same ones as
    long as this one lives.
    """
    candidates = iter(SystemRandom().sample(PORTS, len(PORTS)))
    found: list[int] = []
    while len(found) < count:
        port = next(candidates)
        if _claim(port):
            found.append(port)
    return found


def _claim(port: int) -> bool:
    """Take a name for it that the system gives once, and see that nobody listens there."""
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(f"\0mijn-burgerprofiel-port-{port}")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
    except OSError:
        claim.close()
        return False
    _claims.enter_context(claim)
    return True


@cache
def keys() -> Path:
    """Make certificates, and the keys of the bodies' machines, once for all houses of this process.

    They take two seconds. Each house has a copy of its own, with what it needs beside them.
    """
    folder = Path(_claims.enter_context(tempfile.TemporaryDirectory(prefix="mbp-keys-")))
    machine_keys.ensure(ensure(folder, "http://localhost").machines, [ROOT / "agencies"])
    return folder


@contextmanager
def running(given: Mapping[str, str] | None = None, *, state: Path = ROOT) -> Iterator[House]:
    """Start town, portal and worker on free ports with a database of their own; stop and remove it all afterwards.

    state: the folder whose PostgreSQL is used; one of your own, where it is to be stopped.
    """
    cluster = postgres.start(state)
    database = f"house_{os.getpid()}_{time.monotonic_ns()}"
    key_database = f"{database}_keys"
    with tempfile.TemporaryDirectory(prefix="mbp-house-") as folder:
        # Both log to stderr, which tests read afterwards.
        log, worker_log = Path(folder) / "portal.log", Path(folder) / "worker.log"
        children: list[Child] = []
        try:
            ports, values = prepare(Path(folder), cluster, database, given or {})
            children.append(spawn("town", ["-m", "sandbox"], for_town(values), ROOT))
            with log.open("wb") as written:
                children.append(
                    spawn(
                        "portal", portal_server(ports.portal, grace=1), for_portal(values), ROOT, log=written.fileno()
                    )
                )
            with worker_log.open("wb") as written:
                children.append(spawn("worker", WORKER, for_worker(values), ROOT, log=written.fileno()))
            _until_answering(children, ports)
            yield House(
                f"http://localhost:{ports.portal}",
                f"http://127.0.0.1:{ports.town}",
                cluster,
                database,
                cluster.urls(database),
                cluster.urls(key_database),
                values,
                log,
                worker_log,
                tuple(children),
            )
        finally:
            stop_all(children)
            for name in (database, key_database):
                cluster.drop_database(name)
            cluster.stop()


def prepare(folder: Path, cluster: Cluster, database: str, given: Mapping[str, str]) -> tuple[Ports, dict[str, str]]:
    """Make databases, keys and static files, in which nothing runs yet; gives ports and environment for a house."""
    key_database = f"{database}_keys"
    ports = Ports(*free_ports(len(Ports().named())))
    shutil.copytree(keys(), folder / "certificates")
    certificates = ensure(folder / "certificates", f"http://localhost:{ports.portal}")
    extra = [Path(part) for part in given.get("AGENCIES_PATH", "").split(":") if part]
    machine_keys.ensure(certificates.machines, [ROOT / "agencies", *extra])
    for name in (database, key_database):
        cluster.create_database(name, fresh=True)
    values = environment(
        {**clean_environment(), "MAGDA_SIMULATOR_PATH": "", **given},
        checkout=ROOT,
        ports=ports,
        certificates=certificates,
        urls=cluster.urls(database),
        key_urls=cluster.urls(key_database),
    )
    values |= {"STATIC_ROOT": f"{folder}/static"}
    values |= {"KEYS_FILE": f"{folder}/keys/portal.json", "KEYS_FILE_WORKER": f"{folder}/keys/worker.json"}
    values |= {"JOURNAL_HEAD_FILE": f"{folder}/journal/head.json"}
    if spawn("prepared", ["-m", "deploy.local.prepared"], values, ROOT).process.wait(PATIENCE) != 0:
        raise LocalTroubleError("the house could not be made ready")
    return ports, values


def clean_environment() -> dict[str, str]:
    """Take along what every program needs, and nothing that somebody set for the portal."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


def _until_answering(children: list[Child], ports: Ports) -> None:
    until = time.monotonic() + PATIENCE
    while not (answers_http(ports.portal, f"localhost:{ports.portal}") and answers_http(ports.town)):
        for child in children:
            if child.process.poll() is not None:
                raise LocalTroubleError(f"{child.name} ended by itself")
        if time.monotonic() > until:
            raise LocalTroubleError("the house did not start")
        time.sleep(0.05)
