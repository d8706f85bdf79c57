"""Run one management command beside a model town of its own, unless real sources are configured.

`python -m deploy.local.beside_town check_agencies --json`: no database, no portal, and nothing is left of it.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.local.certificates import ensure
from deploy.local.environment import Ports, beside, environment, for_town
from deploy.local.house import free_ports
from deploy.local.postgres import CHECKOUT
from deploy.local.processes import Child, answers_connection, answers_http, spawn, stop_all

PATIENCE = 180  # seconds
# What MAGDA publishes, by the option that says where it is.
PUBLISHED = {"--schemas": Path("magda/xsd"), "--answers": Path("magda/simulator")}


def run(arguments: Sequence[str], given: Mapping[str, str]) -> int:
    """Run the command; returns its exit code. Without a town (it did not start) it finds nobody to ask."""
    if given.get("MAGDA_URL") or given.get("REST_URL"):
        return _manage(arguments, given)
    ports = Ports(*free_ports(len(Ports().named())))
    with tempfile.TemporaryDirectory(prefix="mbp-beside-") as folder:
        values = environment(
            given,
            checkout=CHECKOUT,
            ports=ports,
            certificates=ensure(Path(folder) / "certificates", f"http://localhost:{ports.portal}"),
            urls=None,
            key_urls=None,
        )
        # The town listens on ports of its own, whatever PORT and the like say for `make run`.
        values |= {name: str(port) for name, port in ports.named().items()}
        town = spawn("town", ["-m", "sandbox"], for_town(values), CHECKOUT, output=subprocess.DEVNULL)
        try:
            _wait(town, ports)
            return _manage(arguments, values)
        finally:
            stop_all([town])


def _manage(arguments: Sequence[str], values: Mapping[str, str]) -> int:
    folders = {option: beside(CHECKOUT, values) / folder for option, folder in PUBLISHED.items()}
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
