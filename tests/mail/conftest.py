"""A town with a mail server, and workers that a test starts, kills and stops."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
import pytest_asyncio
from django.conf import settings
from django.test import override_settings

from deploy.local import postgres
from deploy.local.environment import for_town, for_worker
from deploy.local.house import ROOT, free_ports
from deploy.local.processes import WORKER, answers_connection, answers_http
from portal.platform.keys import citizens

LOGIN = ("portaal", "heel geheim")


class Inbox:
    """The town's mail server, as a program sees it."""

    def __init__(self, port: int, smtp_port: int) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self.smtp_port = smtp_port

    def mails(self) -> list[dict[str, Any]]:
        """List what came."""
        return self._ask("GET", "/mail/messages")

    def clear(self) -> None:
        """Empty it and put it in order."""
        self._ask("DELETE", "/mail/messages")
        self._ask("DELETE", "/faults")

    def fails(self, mode: str, latency_ms: int = 0) -> None:
        """Turn the switch."""
        self._ask("PUT", "/faults/mail", {"mode": mode, "latency_ms": latency_ms})

    def outcomes(self) -> dict[str, int]:
        """Tell what came of what was asked since the start."""
        return self._ask("GET", "/state")["sources"]["mail"]["outcomes"]

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.origin + path, data, method=method)) as answer:
            text = answer.read()
        return json.loads(text) if text else None


@pytest.fixture(scope="session")
def running_town() -> Iterator[Inbox]:
    port, tls_port, smtp_port = free_ports(3)
    ports = {"SANDBOX_PORT": port, "SANDBOX_TLS_PORT": tls_port, "SANDBOX_SMTP_PORT": smtp_port}
    values = for_town(os.environ) | {name: str(value) for name, value in ports.items()}
    values["SANDBOX_SMTP_LOGIN"] = ":".join(LOGIN)
    command = [sys.executable, "-m", "sandbox"]
    with subprocess.Popen(command, env=values, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        try:
            until(lambda: answers_http(port) and answers_connection(smtp_port))
            yield Inbox(port, smtp_port)
        finally:
            process.terminate()


@pytest.fixture
def inbox(running_town: Inbox) -> Iterator[Inbox]:
    """The town's inbox, empty and in order; our settings name its port."""
    running_town.clear()
    rows("delete from procrastinate_jobs")
    past_walls("delete from mail_outbox")
    # Those of workers that an earlier test killed.
    rows("delete from procrastinate_workers")
    with override_settings(SMTP_PORT=running_town.smtp_port, SMTP_USER=LOGIN[0], SMTP_PASSWORD=LOGIN[1]):
        yield running_town
    running_town.clear()


@pytest_asyncio.fixture
async def citizen(database: None) -> UUID:
    """Somebody with keys."""
    citizen_id = uuid4()
    await citizens.ensure(citizen_id)
    return citizen_id


class Workers:
    """Workers that a test starts, and what they logged."""

    def __init__(self, values: dict[str, str], log: Path) -> None:
        self.values = values
        self.log = log
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        """Start one more."""
        with self.log.open("ab") as written:
            process = subprocess.Popen([sys.executable, *WORKER], env=self.values, cwd=ROOT, stderr=written)
        self.running.append(process)
        return process

    def stop(self, process: subprocess.Popen[bytes]) -> int:
        """Ask one to stop; gives its exit code."""
        process.send_signal(signal.SIGTERM)
        return process.wait(20)

    def said(self) -> str:
        """Read the log."""
        return self.log.read_text()


@pytest.fixture
def workers(inbox: Inbox, tmp_path: Path) -> Iterator[Workers]:
    ours = {"SMTP_PORT": str(inbox.smtp_port), "SMTP_USER": LOGIN[0], "SMTP_PASSWORD": LOGIN[1]}
    values = for_worker(os.environ) | ours | {"WORKER_SILENT_SECONDS": "2"}
    workers = Workers(values, tmp_path / "worker.log")
    yield workers
    for process in workers.running:
        process.kill()
        process.wait()
    # pytest shows it with a test that failed.
    print(workers.said())


def until(done: Any, seconds: float = 60) -> None:
    """Wait until it is so; fail when it takes too long."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


def rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Look into the database in the role of the worker, which sees the queue."""
    with psycopg.connect(os.environ["DATABASE_URL_WORKER"], autocommit=True) as conn:
        cursor = conn.execute(statement, values)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


def past_walls(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Look into the database past its walls, which show the worker a mail only when it names it."""
    cluster = postgres.start()
    try:
        with cluster.superuser(settings.DATABASES["default"]["NAME"]) as conn:
            cursor = conn.execute(statement, values)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []
    finally:
        cluster.stop()  # only lets go of it: the tests themselves hold it too
