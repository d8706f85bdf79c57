"""A house on a PostgreSQL of its own, whose processes can be killed and started again; for crash benchmarks."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local import postgres, postmaster
from deploy.local.environment import Ports
from deploy.local.house import prepare
from deploy.local.postgres import Cluster
from deploy.local.processes import Child, stop_all
from deploy.local.trouble import LocalTroubleError

DATABASE = "crash"


@dataclass
class Stage:
    """The processes that run, and how often each was killed, by name; values: the environment of the house."""

    folder: Path
    ports: Ports
    values: dict[str, str]
    cluster: Cluster
    running: dict[str, Child] = field(default_factory=dict)
    kills: dict[str, int] = field(default_factory=dict)

    def kill(self, name: str) -> None:
        """Kill a process with all that it started; do nothing where it does not run."""
        child = self.running.pop(name, None)
        if child is not None:
            with suppress(ProcessLookupError):
                os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
            self._note(name.rstrip("0123456789"))

    def kill_database(self) -> None:
        """Kill the server and every process of it, as a power cut does."""
        pid = postmaster.postmaster_pid(self.cluster.place)
        if pid is None:
            return
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for each in (pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        self._note("database")

    def start_database(self) -> None:
        """Start the database server again."""
        self.cluster.stop()
        self.cluster = postgres.start(self.folder)

    def _note(self, name: str) -> None:
        self.kills[name] = self.kills.get(name, 0) + 1


@contextmanager
def open_stage(settings: Mapping[str, str]) -> Iterator[Stage]:
    """Make a stage with databases and keys, without processes; what is started on it is ended with the block.

    settings: environment variables beside those of the house.
    """
    with own_cluster("mbp-crash-") as folder:
        cluster = postgres.start(folder)
        ports, values = prepare(
            folder, cluster, DATABASE, {"DJANGO_SETTINGS_MODULE": "portal.config.settings", **settings}
        )
        stage = Stage(folder, ports, values, cluster)
        try:
            yield stage
        finally:
            stop_all(list(stage.running.values()))
            stage.cluster.stop()


@contextmanager
def own_cluster(prefix: str) -> Iterator[Path]:
    """Make a folder for a PostgreSQL of one's own; both, and what they leave, are removed with the block."""
    with tempfile.TemporaryDirectory(prefix=prefix) as path:
        folder = Path(path)
        # The server runs as another user when we are root.
        folder.chmod(0o755)
        try:
            yield folder
        finally:
            place = postmaster.place_for(folder)
            # The cluster of a temporary folder has files outside of that folder.
            for leftover in (place.data.parent, place.sockets):
                if leftover.name.startswith(("mijn-burgerprofiel-", "mbp-")):
                    shutil.rmtree(leftover, ignore_errors=True)


def until(holds: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait until a condition holds; raise LocalTroubleError, which names `what`, when it does not in time."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise LocalTroubleError(f"{what}: not within {seconds} s")
        time.sleep(0.05)
