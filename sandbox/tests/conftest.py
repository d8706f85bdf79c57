"""Run one town for all tests; at the beginning of each test it is in order, and its clock is at NOON."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from deploy.local.house import free_ports
from sandbox.certificates.tokens import PortalKeys
from sandbox.ebox.events import new_events
from sandbox.ebox.samples import fill_samples
from sandbox.faults import handshakes
from sandbox.faults.switches import Fault
from sandbox.provider.controls import CONTROLS
from sandbox.serving import open_town
from sandbox.settings import Settings
from sandbox.state import Town, build
from sandbox.tests import papers
from sandbox.tests.box import Box
from sandbox.tests.relying_party import RelyingParty

NOON = papers.NOON


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("town")


@pytest.fixture(scope="session")
def client_key() -> RSAPrivateKey:
    return papers.new_key()


@pytest.fixture(scope="session")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def settings(folder: Path, client_key: RSAPrivateKey) -> Settings:
    papers.write_certificates(folder)
    bodies, simulator = folder / "bodies", folder / "simulator"
    papers.write_agency(bodies)
    persons = simulator / "Persoon" / "GeefPersoon" / "02.02.0000"
    persons.mkdir(parents=True)
    (persons / f"{papers.OTHER}.xml").write_text(papers.answer(papers.OTHER, "Bo", "Claes"))
    (persons / "notfound.xml").write_text(papers.answer("", "never", "reached"))
    port, tls_port, smtp_port = free_ports(3)
    return Settings(
        port,
        tls_port,
        folder,
        papers.write_clients(folder, client_key),
        (bodies,),
        (simulator,),
        drip_s=0,
        smtp_port=smtp_port,
    )


@pytest_asyncio.fixture(scope="session")
async def running_town(settings: Settings, clock: Clock) -> AsyncIterator[Town]:
    town = build(settings, clock)
    async with open_town(town):
        yield town


@pytest.fixture
def town(running_town: Town, clock: Clock) -> Town:
    for switch in running_town.switches.values():
        switch.put(Fault())
        switch.asked = 0
        switch.outcomes.clear()
    for control in CONTROLS.values():
        control.restore(running_town.provider)
    handshakes.turn(running_town, "ok")
    running_town.weather.put("")
    running_town.inbox.clear()
    running_town.reports.clear()
    running_town.dossiers.clear()
    running_town.notices.sent.clear()
    running_town.ebox.clear()
    running_town.ebox.odd_entries = []
    running_town.ebox.consents.reset(NOON)
    running_town.events = new_events(NOON)
    fill_samples(running_town.ebox, NOON)
    for office in running_town.ebox.offices.values():
        office.rules = office.usual
    clock.now = NOON
    return running_town


@pytest_asyncio.fixture
async def http(town: Town) -> AsyncIterator[aiohttp.ClientSession]:
    """Talk to the plain side, and keep cookies as a browser would."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(town.settings.origin, cookie_jar=jar) as session:
        yield session


@pytest_asyncio.fixture
async def magda(town: Town) -> AsyncIterator[aiohttp.ClientSession]:
    """Talk to MAGDA with a client certificate."""
    context = ssl.create_default_context(cafile=town.settings.certificates / "ca.pem")
    context.load_cert_chain(town.settings.certificates / "client.pem", town.settings.certificates / "client.key")
    connector = aiohttp.TCPConnector(ssl=context)
    origin = f"https://127.0.0.1:{town.settings.tls_port}"
    async with aiohttp.ClientSession(origin, connector=connector) as session:
        yield session
    await asyncio.sleep(0.05)  # aiohttp closes TLS connections in the background after the session is closed.


@pytest.fixture
def portal(town: Town, http: aiohttp.ClientSession, client_key: RSAPrivateKey, clock: Clock) -> RelyingParty:
    return RelyingParty(http, client_key, town.provider.issuer, clock)


@pytest_asyncio.fixture
async def trust_test_key(town: Town, client_key: RSAPrivateKey, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the town the public key with which tests sign as the portal."""
    now = asyncio.get_running_loop().time()
    monkeypatch.setattr(town, "portal_keys", PortalKeys("http://localhost:8000", {"k": client_key.public_key()}, now))


@pytest.fixture
def box(magda: aiohttp.ClientSession, trust_test_key: None, client_key: RSAPrivateKey) -> Box:
    return Box(magda, client_key)
