"""Run one management command together with a model town of its own, unless real sources are configured.

For example `python -m deploy.local.beside_town check_agencies --json`. It needs no database and no portal, and leaves
nothing behind.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.local.certificates import ensure
from deploy.local.environment import Ports, environment, for_town, shared_folder
from deploy.local.house import free_ports
from deploy.local.postgres import CHECKOUT
from deploy.local.processes import Child, answers_connection, answers_http, spawn, stop_all

PATIENCE = 180  # seconds that the town gets to start
# The folders of what MAGDA publishes, below the shared folder, by the option of the command that takes them.
PUBLISHED = {"--schemas": Path("magda/xsd"), "--answers": Path("magda/simulator")}


def run(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run the command and give its exit code; when the town does not start, the command runs without one."""
    if environ.get("MAGDA_URL") or environ.get("REST_URL"):
        return _manage(arguments, environ)
    ports = Ports(*free_ports(len(Ports().by_variable())))
    with tempfile.TemporaryDirectory(prefix="mbp-beside-") as folder:
        values = environment(
            environ,
            checkout=CHECKOUT,
            ports=ports,
            certificates=ensure(Path(folder) / "certificates", f"http://localhost:{ports.portal}"),
            urls=None,
            key_urls=None,
        )
        # The town listens on ports of its own, whatever PORT and the like say for `make run`.
        values |= {name: str(port) for name, port in ports.by_variable().items()}
        town = spawn("town", ["-m", "sandbox"], for_town(values), CHECKOUT, output=subprocess.DEVNULL)
        try:
            _wait(town, ports)
            return _manage(arguments, values)
        finally:
            stop_all([town])


def _manage(arguments: Sequence[str], values: Mapping[str, str]) -> int:
    folders = {option: shared_folder(CHECKOUT, values) / folder for option, folder in PUBLISHED.items()}
    known = [(option, folder) for option, folder in folders.items() if folder.is_dir() and option not in arguments]
    options = [part for option, folder in known for part in (option, str(folder))]
    command = [sys.executable, "manage.py", *arguments, *options]
    return subprocess.run(command, cwd=CHECKOUT, env=dict(values), check=False).returncode


def _wait(town: Child, ports: Ports) -> None:
    until = time.monotonic() + PATIENCE
    while not (answers_http(ports.town) and answers_connection(ports.town_tls)):
        if town.process.poll() is not None or time.monotonic() > until:
            return
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], os.environ))
