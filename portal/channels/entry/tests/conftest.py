"""The model town as a process beside the tests, with people of every age, and a browser for the portal."""

import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import psycopg
import pytest
import pytest_asyncio
from django.test import AsyncClient, override_settings
from django.utils import timezone

from deploy.local.house import free_ports
from portal.platform.access import oidc
from portal.platform.wire import calls
from tests.town import answers_connection, until
from tests.waiting import PATIENCE

ORIGIN = "http://localhost:8000"
SOURCE = "rijksregister-persoon"

TODAY = timezone.localdate()


def number(year: int, month: int, day: int) -> str:
    """Make a test number (month + 60) for a birth date."""
    nine = f"{year % 100:02}{month + 60:02}{day:02}001"
    return f"{nine}{97 - int(('2' if year >= 2000 else '') + nine) % 97:02}"


# Their ages stay the same, on whatever day the tests run.
ADULT = "71690999827"
YOUNG = number(TODAY.year - 11, 2, 1)
UNSURE = number(TODAY.year - 18, 0, 0)
UNKNOWN = number(1971, 0, 0)  # the register says that it does not know
NOBODY_KNOWS = number(1900, 0, 0)
BORN = {
    UNKNOWN: "0000-00-00",
    NOBODY_KNOWS: "0000-00-00",
    ADULT: "1971-09-09",
    YOUNG: f"{TODAY.year - 11}-02-01",
    UNSURE: f"{TODAY.year - 18}-00-00",
}

ANSWER = """<?xml version="1.0" encoding="UTF-8"?>
<web:GeefPersoonResponse xmlns:web="http://magda.vlaanderen.be/persoon/soap/geefpersoon/v02_02"><Repliek><Context>
<Naam>GeefPersoon</Naam><Versie>02.02.0000</Versie><Bericht><Type>ANTWOORD</Type><Tijdstip><Datum>2017-06-01</Datum>
<Tijd>12:21:40.797</Tijd></Tijdstip><Afzender><Identificatie>vip.vlaanderen.be</Identificatie><Naam>VIP</Naam>
<Referte>a</Referte></Afzender><Ontvanger><Identificatie>b</Identificatie><Referte>c</Referte></Ontvanger></Bericht>
</Context><Antwoorden><Antwoord><Referte>d</Referte><Inhoud><Persoon><INSZ>{insz}</INSZ><Naam><Achternamen>
<Achternaam>Peeters</Achternaam></Achternamen><Voornamen><Voornaam>Jan</Voornaam></Voornamen></Naam>
<Geboorte><Datum>{born}</Datum></Geboorte></Persoon></Inhoud></Antwoord></Antwoorden></Repliek>
</web:GeefPersoonResponse>
"""


@dataclass(frozen=True)
class Town:
    """Where the model town listens."""

    port: int
    tls_port: int
    smtp_port: int

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> dict[str, str]:
        return {
            "OIDC_ISSUER": f"{self.origin}/op",
            "MAGDA_URL": f"https://127.0.0.1:{self.tls_port}/api/Magda-02.00/soap/WebService",
        }

    async def put(self, path: str, **body: object) -> None:
        """Set a switch."""
        async with aiohttp.ClientSession() as http, http.put(self.origin + path, json=body) as answer:
            assert answer.status == 200

    async def end(self, address: str) -> str:
        """End the session at the provider; return the address that leads back to the portal."""
        async with aiohttp.ClientSession() as http, http.get(address, allow_redirects=False) as answer:
            assert answer.status == 303, re.sub(r"<[^>]*>", "", await answer.text())
            return answer.headers["Location"].removeprefix(ORIGIN)

    async def choose(self, address: str, person: str, means: str) -> str:
        """Sign in on the provider's page; return the address that leads back to the portal."""
        form = dict(parse_qsl(urlsplit(address).query)) | {"person": person, "means": means}
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{self.origin}/op/v1/auth/login", data=form, allow_redirects=False) as answer,
        ):
            assert answer.status == 303, re.sub(r"<[^>]*>", "", await answer.text())
            return answer.headers["Location"].removeprefix(ORIGIN)


@pytest.fixture(scope="session")
def running_town() -> Iterator[Town]:
    """Run a town for all tests here, with the people of BORN."""
    town = Town(*free_ports(3))
    with tempfile.TemporaryDirectory(prefix="mbp-entry-") as folder:
        people = Path(folder) / "Persoon/GeefPersoon/02.02.0000"
        people.mkdir(parents=True)
        for insz, born in BORN.items():
            (people / f"{insz}.xml").write_text(ANSWER.format(insz=insz, born=born))
        environment = os.environ | {
            "SANDBOX_PORT": str(town.port),
            "SANDBOX_TLS_PORT": str(town.tls_port),
            "SANDBOX_SMTP_PORT": str(town.smtp_port),
            "MAGDA_SIMULATOR_PATH": folder,
        }
        process = subprocess.Popen([sys.executable, "-m", "sandbox"], env=environment, stdout=subprocess.DEVNULL)
        try:
            until(lambda: answers_connection(town.port) or process.poll() is not None)
            assert process.poll() is None, "the town did not start"
            yield town
        finally:
            process.terminate()
            process.wait(PATIENCE)


@pytest_asyncio.fixture
async def town(running_town: Town, database: None) -> AsyncIterator[Town]:
    """Give the town with every switch reset, and the portal set to use it."""
    await running_town.put("/op/tampering", mode="none")
    await running_town.put("/op/clock", offset_s=0)
    for source in ("toegangsbeheer", SOURCE):
        await running_town.put(f"/faults/{source}", mode="ok", latency_ms=0)
    with override_settings(**running_town.settings):
        yield running_town
        await oidc.close()
        await calls.close()


class Browser(AsyncClient):
    """A browser at the portal, which keeps cookies and sends its origin."""

    async def send(self, path: str, data: dict[str, str] | None = None, **headers: str):
        """Send a form of a page of ours that was just opened."""
        return await self.post(
            path, {"form_key": secrets.token_urlsafe(16), **(data or {})}, headers={"Origin": ORIGIN, **headers}
        )

    async def go_and_sign_in(self, town: Town, person: str, means: str = "itsme", start: str = "/aanmelden/"):
        """Go to the provider and come back; return the portal's answer to the return."""
        there = await self.get(start)
        assert there.status_code == 302
        return await self.get(await town.choose(there["Location"], person, means))

    def forget_everything(self) -> None:
        """Become another browser."""
        self.cookies = SimpleCookie()


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Give a browser without cookies. Django's client calls every host "testserver"."""
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield Browser()


@pytest.fixture
def count(past_walls: psycopg.Connection) -> Callable[[str], int]:
    def count(table: str) -> int:
        (counted,) = past_walls.execute(f"select count(*) from {table}").fetchone() or (-1,)
        return counted

    return count
