"""Run the model town as a process beside the tests, and ask it for its state."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from deploy.local.environment import for_town
from deploy.local.house import ROOT, free_ports
from deploy.local.processes import answers_connection, answers_http


class Town:
    """The running town, by its three ports on 127.0.0.1."""

    def __init__(self, port: int, tls_port: int, smtp_port: int) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self.tls = f"https://127.0.0.1:{tls_port}"
        self.smtp_port = smtp_port

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request with a JSON body, and return the JSON of its answer; None when that is empty."""
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.origin + path, data, method=method)) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def put_right(self) -> None:
        """Reset every switch, and every dossier."""
        self.ask("DELETE", "/faults")
        self.ask("DELETE", "/dossiers/changes")

    def outcomes_of(self, source: str) -> dict[str, int]:
        """Count the answers of a source since its start, by outcome."""
        return self.ask("GET", "/state")["sources"][source]["outcomes"]


@contextmanager
def running(kind: Callable[[int, int, int], Town], more: Mapping[str, str]) -> Iterator[Any]:
    """Run a town on free ports until the block ends. kind: its class. more: variables of its environment."""
    ports = free_ports(3)
    names = ("SANDBOX_PORT", "SANDBOX_TLS_PORT", "SANDBOX_SMTP_PORT")
    values = for_town(os.environ) | {name: str(port) for name, port in zip(names, ports, strict=True)} | more
    with subprocess.Popen(
        [sys.executable, "-m", "sandbox"], env=values, cwd=ROOT, stdout=subprocess.DEVNULL
    ) as process:
        try:
            until(lambda: answers_http(ports[0]) and all(answers_connection(port) for port in ports[1:]))
            yield kind(*ports)
        finally:
            process.terminate()


def until(done: Any, seconds: float = 180) -> None:
    """Wait until `done()` is true; fail when it takes too long."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)
