"""A town with desks, somebody who is signed in, and bodies that call with their own keys: fixtures of corrections."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.test import override_settings

from portal.platform.access.types import Assurance, Identity, SignInMeans
from portal.platform.sources.gates import gatekeeper
from portal.platform.sources.transports import rest_token
from portal.platform.wire import calls
from tests.citizen import Citizen, sign_in
from tests.inbox import rows
from tests.town import Town, running

LIES = Identity("84651421235", "Lies", "Verhaegen", SignInMeans.ITSME, Assurance.HIGH, "subject-lies")
PIETER = Identity("66643025104", "Pieter", "Ooms", SignInMeans.EID, Assurance.HIGH, "subject-pieter")


class Desks(Town):
    """The running town, for what its desks get."""

    def reports(self) -> list[dict[str, Any]]:
        """List what the desks got."""
        return self.ask("GET", "/verbeteringen/reports")

    def clear(self) -> None:
        """Empty the desks and put everything in order."""
        self.ask("DELETE", "/verbeteringen/reports")
        self.put_right()

    def fails(self, mode: str, latency_ms: int = 0, source: str = "ahovoks-verbetering") -> None:
        """Turn a switch of a source: how it fails, and after how long it answers."""
        self.ask("PUT", f"/faults/{source}", {"mode": mode, "latency_ms": latency_ms})

    def outcomes(self) -> dict[str, int]:
        """Count the desk's answers since its start, by outcome."""
        return self.outcomes_of("ahovoks-verbetering")

    def under_way(self) -> int:
        """Count the requests that the desk is answering now."""
        return int(self.ask("GET", "/state")["sources"]["ahovoks-verbetering"]["under_way"])


@pytest.fixture(scope="session")
def running_desks() -> Iterator[Desks]:
    with (
        tempfile.TemporaryDirectory(prefix="mbp-desks-") as folder,
        running(Desks, {"SANDBOX_REPORTS": f"{folder}/reports.sqlite"}) as town,
    ):
        yield town


@pytest_asyncio.fixture
async def town(running_desks: Desks, database: None) -> AsyncIterator[Desks]:
    """The town, its desks empty and in order; our settings lead to it."""
    running_desks.clear()
    for statement in (
        "delete from procrastinate_jobs",
        "delete from procrastinate_workers",
        "delete from corrections_report",
    ):
        rows(statement)
    changed = {
        "MAGDA_URL": f"{running_desks.tls}/api/Magda-02.00/soap/WebService",
        "REST_URL": running_desks.tls,
        "REST_TOKEN_URL": f"{running_desks.origin}/op/v1/token",
        "REST_TOKEN_AUDIENCE": f"{running_desks.origin}/op",
        "SOURCES_BREAKER_CALLS": 100_000,
        # Django's client calls every host so.
        "ALLOWED_HOSTS": ["testserver"],
    }
    with override_settings(**changed):
        gatekeeper._gates.clear()
        rest_token._kept.clear()
        yield running_desks
        await calls.close()
    running_desks.clear()


@pytest_asyncio.fixture
async def lies(town: Desks) -> Citizen:
    return await sign_in(LIES)


@pytest_asyncio.fixture
async def pieter(town: Desks) -> Citizen:
    return await sign_in(PIETER)


def key_of(body: str) -> RSAPrivateKey:
    """Read the key with which a body of the town calls us."""
    file = Path(settings.MACHINE_KEYS).parent / "private" / f"{body}.key"
    key = load_pem_private_key(file.read_bytes(), None)
    assert isinstance(key, RSAPrivateKey)
    return key
