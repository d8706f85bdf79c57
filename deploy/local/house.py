"""Run a house for tests and benchmarks: a town, portal and worker together, with ports and databases of their own."""

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
    """A running portal, worker and town: their origins, database, environment variables, and logs."""

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
        """Run a statement in the database as superuser, and give its rows."""
        return self.cluster.rows(self.database, statement)

    def child(self, name: str) -> Child:
        """Give a process by its name: `town`, `portal` or `worker`."""
        return next(child for child in self.children if child.name == name)


def free_ports(count: int) -> list[int]:
    """Find ports that are free and stay free until the caller listens on them.

    They are outside the range that the kernel gives to outgoing connections, and no other process that uses this
    function gets the same ones as long as this process lives.
    """
    candidates = iter(SystemRandom().sample(PORTS, len(PORTS)))
    ports: list[int] = []
    while len(ports) < count:
        port = next(candidates)
        if _claim(port):
            ports.append(port)
    return ports


def _claim(port: int) -> bool:
    """Bind an abstract socket that stands for the port, and check that nobody listens there."""
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
def shared_keys() -> Path:
    """Make certificates and the keys of the bodies' machines, once for all houses of this process.

    They take two seconds to make; each house has a copy. Gives their folder.
    """
    folder = Path(_claims.enter_context(tempfile.TemporaryDirectory(prefix="mbp-keys-")))
    machine_keys.ensure(ensure(folder, "http://localhost").machines, [ROOT / "agencies"])
    return folder


@contextmanager
def running_house(environ: Mapping[str, str] | None = None, *, state: Path = ROOT) -> Iterator[House]:
    """Start town, portal and worker on free ports with databases of their own; stop and remove all at the end.

    `environ` are further variables. `state` is the checkout whose PostgreSQL is used (`postgres.start`); a test that
    stops the server names a folder of its own.
    """
    cluster = postgres.start(state)
    database = f"house_{os.getpid()}_{time.monotonic_ns()}"
    key_database = f"{database}_keys"
    with tempfile.TemporaryDirectory(prefix="mbp-house-") as folder:
        # Both log to stderr, which tests read afterwards.
        log, worker_log = Path(folder) / "portal.log", Path(folder) / "worker.log"
        children: list[Child] = []
        try:
            ports, values = prepare(Path(folder), cluster, database, environ or {})
            children.append(spawn("town", ["-m", "sandbox"], for_town(values), ROOT))
            with log.open("wb") as output:
                children.append(
                    spawn(
                        "portal", portal_server(ports.portal, grace=1), for_portal(values), ROOT, log=output.fileno()
                    )
                )
            with worker_log.open("wb") as output:
                children.append(spawn("worker", WORKER, for_worker(values), ROOT, log=output.fileno()))
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


def prepare(
    folder: Path, cluster: Cluster, database: str, environ: Mapping[str, str]
) -> tuple[Ports, dict[str, str]]:
    """Make databases, keys and static files of a house; gives the ports and variables to start its processes with."""
    key_database = f"{database}_keys"
    ports = Ports(*free_ports(len(Ports().by_variable())))
    shutil.copytree(shared_keys(), folder / "certificates")
    certificates = ensure(folder / "certificates", f"http://localhost:{ports.portal}")
    extra = [Path(part) for part in environ.get("AGENCIES_PATH", "").split(":") if part]
    machine_keys.ensure(certificates.machines, [ROOT / "agencies", *extra])
    for name in (database, key_database):
        cluster.create_database(name, fresh=True)
    values = environment(
        {**clean_environment(), "MAGDA_SIMULATOR_PATH": "", **environ},
        checkout=ROOT,
        ports=ports,
        certificates=certificates,
        urls=cluster.urls(database),
        key_urls=cluster.urls(key_database),
    )
    values |= {"STATIC_ROOT": f"{folder}/static"}
    values |= {"KEYS_FILE": f"{folder}/keys/portal.json", "KEYS_FILE_WORKER": f"{folder}/keys/worker.json"}
    values |= {"JOURNAL_HEAD_FILE": f"{folder}/journal/head.json"}
    if spawn("make_ready", ["-m", "deploy.local.make_ready"], values, ROOT).process.wait(PATIENCE) != 0:
        raise LocalTroubleError("the house could not be made ready")
    return ports, values


def clean_environment() -> dict[str, str]:
    """Give the variables of ours that every program needs, and none that was set for the portal."""
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
