"""A town with desks, somebody who is signed in, and bodies that call with their own keys."""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.test import AsyncClient, override_settings

from deploy.local.environment import for_town
from deploy.local.house import ROOT, free_ports
from deploy.local.processes import answers_connection, answers_http
from portal.platform.access import cookies, sessions
from portal.platform.access.types import Assurance, Identity, Session, SignInMeans
from portal.platform.sources import gatekeeper
from portal.platform.sources.transports import rest_token, wire
from tests.mail.conftest import rows, until

LIES = Identity("84651421235", "Lies", "Verhaegen", SignInMeans.ITSME, Assurance.HIGH, "subject-lies")
PIETER = Identity("66643025104", "Pieter", "Ooms", SignInMeans.EID, Assurance.HIGH, "subject-pieter")
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


class Town:
    """The running town, as a program sees it."""

    def __init__(self, port: int, tls_port: int) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self.tls = f"https://127.0.0.1:{tls_port}"

    def reports(self) -> list[dict[str, Any]]:
        """List what the desks got."""
        return self._ask("GET", "/verbeteringen/reports")

    def clear(self) -> None:
        """Empty the desks and put everything in order."""
        self._ask("DELETE", "/verbeteringen/reports")
        self._ask("DELETE", "/faults")

    def fails(self, mode: str, latency_ms: int = 0, source: str = "ahovoks-verbetering") -> None:
        """Turn a switch."""
        self._ask("PUT", f"/faults/{source}", {"mode": mode, "latency_ms": latency_ms})

    def outcomes(self) -> dict[str, int]:
        """Tell what came of what the desk was sent since the start."""
        return self._ask("GET", "/state")["sources"]["ahovoks-verbetering"]["outcomes"]

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.origin + path, data, method=method)) as answer:
            text = answer.read()
        return json.loads(text) if text else None


@pytest.fixture(scope="session")
def running_town() -> Iterator[Town]:
    port, tls_port, smtp_port = free_ports(3)
    ports = {"SANDBOX_PORT": port, "SANDBOX_TLS_PORT": tls_port, "SANDBOX_SMTP_PORT": smtp_port}
    with tempfile.TemporaryDirectory(prefix="mbp-desks-") as folder:
        values = for_town(os.environ) | {name: str(value) for name, value in ports.items()}
        values["SANDBOX_REPORTS"] = f"{folder}/reports.sqlite"
        command = [sys.executable, "-m", "sandbox"]
        with subprocess.Popen(command, env=values, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
            try:
                until(lambda: answers_http(port) and answers_connection(tls_port))
                yield Town(port, tls_port)
            finally:
                process.terminate()


@pytest_asyncio.fixture
async def town(running_town: Town, database: None) -> AsyncIterator[Town]:
    """The town, its desks empty and in order; our settings lead to it."""
    running_town.clear()
    for statement in (
        "delete from procrastinate_jobs",
        "delete from procrastinate_workers",
        "delete from corrections_report",
    ):
        rows(statement)
    changed = {
        "MAGDA_URL": f"{running_town.tls}/api/Magda-02.00/soap/WebService",
        "REST_URL": running_town.tls,
        "REST_TOKEN_URL": f"{running_town.origin}/op/v1/token",
        "REST_TOKEN_AUDIENCE": f"{running_town.origin}/op",
        "SOURCES_BREAKER_CALLS": 100_000,
        # Django's client calls every host so.
        "ALLOWED_HOSTS": ["testserver"],
    }
    with override_settings(**changed):
        gatekeeper._gates.clear()
        rest_token._kept.clear()
        yield running_town
        await wire.close()
    running_town.clear()


class Citizen:
    """Somebody who is signed in, in front of our pages."""

    def __init__(self, session: Session, cookie: str) -> None:
        self.session = session
        self.client = AsyncClient()
        self.client.cookies[cookies.SESSION] = cookie

    async def gets(self, path: str, **query: str) -> Any:
        """Open a page."""
        return await self.client.get(path, query)

    async def posts(self, path: str, **fields: str) -> Any:
        """Send a form, with the session's token."""
        return await self.client.post(path, {"form_token": self.session.form_token, **fields}, headers=SAME_ORIGIN)


async def signed_in(identity: Identity) -> Citizen:
    """Sign somebody in."""
    return Citizen(*await sessions.open_session(identity, now=datetime.now(UTC)))


@pytest_asyncio.fixture
async def lies(town: Town) -> Citizen:
    return await signed_in(LIES)


@pytest_asyncio.fixture
async def pieter(town: Town) -> Citizen:
    return await signed_in(PIETER)


def key_of(body: str) -> RSAPrivateKey:
    """Read the key with which a body of the town calls us."""
    file = Path(settings.MACHINE_KEYS).parent / "private" / f"{body}.key"
    key = load_pem_private_key(file.read_bytes(), None)
    assert isinstance(key, RSAPrivateKey)
    return key
