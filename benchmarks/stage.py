"""A house on a PostgreSQL of its own, each process of which can be killed and started again."""

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
    """What runs, by name, and how often each was killed."""

    folder: Path
    ports: Ports
    values: dict[str, str]
    cluster: Cluster
    running: dict[str, Child] = field(default_factory=dict)
    kills: dict[str, int] = field(default_factory=dict)

    def kill(self, name: str) -> None:
        """Kill a process with all that it started; nothing where it does not run."""
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
        for one in (pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        self._note("database")

    def start_database(self) -> None:
        """Start it again."""
        self.cluster.stop()
        self.cluster = postgres.start(self.folder)

    def _note(self, name: str) -> None:
        self.kills[name] = self.kills.get(name, 0) + 1


@contextmanager
def stage(given: Mapping[str, str]) -> Iterator[Stage]:
    """Make databases and keys, in which nothing runs yet; all that is started on it is ended with the block."""
    with own_cluster("mbp-crash-") as folder:
        cluster = postgres.start(folder)
        ports, values = prepare(
            folder, cluster, DATABASE, {"DJANGO_SETTINGS_MODULE": "portal.config.settings", **given}
        )
        on = Stage(folder, ports, values, cluster)
        try:
            yield on
        finally:
            stop_all(list(on.running.values()))
            on.cluster.stop()


@contextmanager
def own_cluster(prefix: str) -> Iterator[Path]:
    """Make a folder for a PostgreSQL of its own; all that is left of both is removed with the block."""
    with tempfile.TemporaryDirectory(prefix=prefix) as made:
        folder = Path(made)
        # The server runs as another user when we are root.
        folder.chmod(0o755)
        try:
            yield folder
        finally:
            place = postmaster.place_for(folder)
            # What the cluster of a temporary folder leaves outside of it.
            for left in (place.data.parent, place.sockets):
                if left.name.startswith(("mijn-burgerprofiel-", "mbp-")):
                    shutil.rmtree(left, ignore_errors=True)


def until(done: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait for something; raise LocalTroubleError when it does not come."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise LocalTroubleError(f"{what}: not within {seconds} s")
        time.sleep(0.05)
