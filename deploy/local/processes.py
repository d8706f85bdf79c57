"""Start and stop child processes, which never outlive the supervisor, and test the ports on which they listen."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.local.trouble import LocalTroubleError

HOST = "127.0.0.1"
# The arguments that start the worker.
WORKER = ("manage.py", "work")
# Answers under way get 3 seconds (`portal_server`), and a parent ends processes that take 3 more.
STOP_SECONDS = 7.0


@dataclass(frozen=True)
class Child:
    """A started process, with its name for messages."""

    name: str
    process: subprocess.Popen[bytes]


def spawn(
    name: str,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    *,
    log: int | None = None,
    output: int | None = None,
) -> Child:
    """Start this Python with `arguments` in a session of its own, so that Ctrl-C reaches only the supervisor.

    `log` is an open file descriptor for its stderr, `output` one for its stdout; None leaves it on ours.
    """
    command = [sys.executable, *arguments]
    # The kernel kills the child when the supervisor dies, so that its port is free for the next run.
    if setpriv := shutil.which("setpriv"):
        command = [setpriv, "--pdeathsig", "KILL", *command]
    process = subprocess.Popen(
        command,
        env=dict(environment),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=log,
        start_new_session=True,
    )
    return Child(name, process)


def portal_server(port: int, *, grace: int) -> list[str]:
    """Give the arguments that serve the portal on `port`; answers under way get `grace` seconds when it stops.

    WORKERS in its environment sets the number of processes; with more than one, these arguments start their parent.
    """
    return ["-m", "portal.config.serve", "--host", HOST, "--port", str(port), "--grace", str(grace)]


def stop_all(children: Sequence[Child]) -> None:
    """Ask all to stop at once, wait, and kill the process groups of those that do not."""
    for child in children:
        _signal(child, signal.SIGTERM)
    until = time.monotonic() + STOP_SECONDS
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.0, until - time.monotonic()))
        # The group is killed even when the process ended by itself: it may have left children.
        _signal(child, signal.SIGKILL)
        child.process.wait()


def _signal(child: Child, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.process.pid, number)


def refuse_taken(ports: Mapping[str, int]) -> None:
    """Raise LocalTroubleError, with each port on which somebody listens already and the variable that sets it."""
    occupied = [(name, port) for name, port in ports.items() if _is_taken(port)]
    if occupied:
        lines = [
            f"Poort {port} is bezet. Kies een andere met {name}, bijvoorbeeld: make run {name}={port + 1000}"
            if port + 1000 <= 65535
            else f"Poort {port} is bezet. Kies een andere met {name}."
            for name, port in occupied
        ]
        raise LocalTroubleError("\n".join(lines))


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        # The servers set this too, so a port in TIME_WAIT is free for them.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise LocalTroubleError(f"Poort {port} mag hier alleen root gebruiken: kies er een boven 1023.") from None
        except OSError:
            return True
    return False


def answers_http(port: int, host: str = "") -> bool:
    """Tell whether a web server on `port` gives any answer to GET /; `host` is the Host header, by default ours."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/", headers={"Host": host} if host else {})
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def answers_connection(port: int) -> bool:
    """Tell whether `port` accepts a TCP connection."""
    try:
        socket.create_connection((HOST, port), timeout=5).close()
    except OSError:
        return False
    return True
