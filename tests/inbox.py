"""A town with a mail server, and workers that a test starts, kills and stops: fixtures for rooms that send mail."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
import pytest_asyncio
from django.conf import settings
from django.test import override_settings

from deploy.local import postgres
from deploy.local.environment import for_worker
from deploy.local.house import ROOT
from deploy.local.processes import WORKER
from portal.platform.keys import citizens
from portal.platform.mail import server_gate
from tests.town import Town, running

LOGIN = ("portaal", "heel geheim")
# Other processes of the tests have databases of their own on the same server, and workers in the same role.
CUT = """
select pg_terminate_backend(pid) from pg_stat_activity
where usename = 'worker' and pid <> pg_backend_pid() and starts_with(datname, current_database())
"""


class Inbox(Town):
    """The town's mail server, as a program sees it."""

    def mails(self) -> list[dict[str, Any]]:
        """List what came."""
        return self.ask("GET", "/mail/messages")

    def clear(self) -> None:
        """Empty it and put it in order."""
        self.ask("DELETE", "/mail/messages")
        self.put_right()

    def fails(self, mode: str, latency_ms: int = 0) -> None:
        """Turn the switch."""
        self.ask("PUT", "/faults/mail", {"mode": mode, "latency_ms": latency_ms})

    def outcomes(self) -> dict[str, int]:
        """Count the answers of the mail server since its start, by outcome."""
        return self.outcomes_of("mail")


@pytest.fixture(scope="session")
def running_inbox() -> Iterator[Inbox]:
    with running(Inbox, {"SANDBOX_SMTP_LOGIN": ":".join(LOGIN)}) as town:
        yield town


@pytest.fixture
def inbox(running_inbox: Inbox) -> Iterator[Inbox]:
    """The town's inbox, empty and in order; our settings name its port."""
    running_inbox.clear()
    rows("delete from procrastinate_jobs")
    past_walls("delete from mail_outbox")
    # Those of workers that an earlier test killed.
    rows("delete from procrastinate_workers")
    server_gate._gates.clear()
    with override_settings(SMTP_PORT=running_inbox.smtp_port, SMTP_USER=LOGIN[0], SMTP_PASSWORD=LOGIN[1]):
        yield running_inbox
    running_inbox.clear()


@pytest_asyncio.fixture
async def citizen(database: None) -> UUID:
    """Somebody with keys."""
    citizen_id = uuid4()
    await citizens.ensure(citizen_id)
    return citizen_id


class Workers:
    """The worker processes that a test starts, and their common log."""

    def __init__(self, values: dict[str, str], log: Path) -> None:
        self.values = values
        self.log = log
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        """Start one more worker."""
        with self.log.open("ab") as written:
            process = subprocess.Popen([sys.executable, *WORKER], env=self.values, cwd=ROOT, stderr=written)
        self.running.append(process)
        return process

    def stop(self, process: subprocess.Popen[bytes]) -> int:
        """Ask a worker to stop; returns its exit code."""
        process.send_signal(signal.SIGTERM)
        return process.wait(20)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a worker, in the middle of whatever it does."""
        process.kill()
        process.wait()

    def end(self) -> None:
        """Kill all workers, and print their log, which pytest shows with a test that failed."""
        for process in self.running:
            self.kill(process)
        print(self.log_text())

    def log_text(self) -> str:
        """Read the log."""
        return self.log.read_text()


@pytest.fixture
def workers(inbox: Inbox, tmp_path: Path) -> Iterator[Workers]:
    ours = {"SMTP_PORT": str(inbox.smtp_port), "SMTP_USER": LOGIN[0], "SMTP_PASSWORD": LOGIN[1]}
    values = for_worker(os.environ) | ours | {"WORKER_SILENT_SECONDS": "2"}
    workers = Workers(values, tmp_path / "worker.log")
    yield workers
    workers.end()


def rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Execute a statement in the main database as the worker, which sees the queue; returns its rows."""
    with psycopg.connect(os.environ["DATABASE_URL_WORKER"], autocommit=True) as conn:
        cursor = conn.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def cut_workers() -> None:
    """Cut every connection that workers of this process have, to both databases."""
    rows(CUT)


@cache
def _cluster() -> postgres.Cluster:
    return postgres.start()


@pytest.fixture(scope="session", autouse=True)
def _lets_go_of_the_cluster() -> Iterator[None]:
    yield
    if _cluster.cache_info().currsize:
        _cluster().stop()  # only lets go of it: the tests themselves hold it too
        _cluster.cache_clear()


def past_walls(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Execute a statement in the main database as a superuser, for whom no row policy holds; returns its rows."""
    with _cluster().superuser(settings.DATABASES["default"]["NAME"]) as conn:
        cursor = conn.execute(statement, values)
        return cursor.fetchall() if cursor.description else []
