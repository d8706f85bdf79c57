"""Shared by benchmarks of notices: the bundles of a body that notifies, and connections to send them.

The connections write HTTP by hand, with content that was made beforehand: an HTTP client would use more of the
processor than what is measured.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sandbox.machines import assertion
from sandbox.provider.clients import ASSERTION_TYPE

from .bodies import ROOT
from .browser import UnexpectedAnswerError

BODY, SERVICE, SCOPE = "ahovoks", "685", "notificaties"
SENDER = "http://ov.vlaanderen.be/studietoelagen/daf"
CATEGORY = "DossierGerelateerdBerichtWijzigingDossier"
LIST, NOTIFY = "/brievenbus/meldingen/", "/api/v2/notificaties"
CONNECTIONS, PER_TOKEN, APART = 16, 5000, timedelta(minutes=1)  # of `fill`
END = b"\r\n\r\n"


def bundle(name: str, person: str, *, age: timedelta = timedelta(0)) -> dict[str, object]:
    """Make a bundle for one person, about a dossier of its own. name: part of its Id, and the dossier's number."""
    pairs = {"DossierNummer": name, "StatusVlaamseCode": "InBehandeling", "StatusVlaamseFase": "Behandeling"}
    return {
        "Id": f"benchmark {name}",
        "AanbiederUri": SENDER,
        "Bestemmelingen": [{"Soort": "RRN", "Identificatie": person}],
        "Categorie": CATEGORY,
        "DatumNotificatie": (datetime.now(UTC) - age).isoformat(),
        "TransactieId": f"{SENDER}{name}",
        "Kanalen": ["Portaal"],
        "ProductId": SERVICE,
        "MerkCode": "AHOVOKS",
        "SleutelWaardeParen": [{"Sleutel": key, "Waarde": value} for key, value in pairs.items()],
    }


def token(values: Mapping[str, str], portal: str) -> str:
    """Ask the portal for an access token of the body. Raise UnexpectedAnswerError, or OSError when it is down."""
    key = load_pem_private_key((Path(values["SANDBOX_MACHINE_KEYS"]) / f"{BODY}.key").read_bytes(), None)
    assert isinstance(key, RSAPrivateKey)
    form = {
        "grant_type": "client_credentials",
        "scope": SCOPE,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion(BODY, key, portal, datetime.now(UTC)),
    }
    connection = HTTPConnection(urlsplit(portal).netloc, timeout=20)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/machine/token", urlencode(form), headers)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    if response.status != 200:
        raise UnexpectedAnswerError(f"no token: status {response.status}")
    return str(json.loads(content)["access_token"])


class BundleConnection:
    """A connection over which bundles are sent, one after another; it opens by itself."""

    def __init__(self, portal: str, token: str) -> None:
        self._where = urlsplit(portal)
        self._head = (
            f"POST {NOTIFY} HTTP/1.1\r\nHost: {self._where.netloc}\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        ).encode()
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, content: bytes) -> int:
        """Send a bundle; return the status.

        Raise OSError or EOFError when the connection breaks; the next call opens another.
        """
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection(self._where.hostname, self._where.port)
            reader, writer = self._streams
            writer.write(self._head + str(len(content)).encode() + END + content)
            head = (await reader.readuntil(END)).lower()
            if b"content-length: " in head:
                await reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]))
            else:
                await reader.readuntil(b"0\r\n\r\n")
        except (OSError, EOFError, asyncio.IncompleteReadError):
            self.close()
            raise
        if b"connection: close" in head:
            self.close()
        return int(head[9:12])

    def close(self) -> None:
        """Close the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def set_up(values: Mapping[str, str], wanted: Mapping[str, object]) -> dict[str, Any]:
    """Have `benchmarks.notices_setup` set up what is wanted (see there), and return what it prints."""
    result = subprocess.run(
        [sys.executable, "-m", "benchmarks.notices_setup"],
        cwd=ROOT,
        env=dict(values),
        input=json.dumps(wanted),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    printed: dict[str, Any] = json.loads(result.stdout)
    return printed


async def send_all(portal: str, access_token: str, contents: Sequence[bytes], connections: int) -> list[float]:
    """Send all contents, over so many connections that each wait for their answers; return the seconds of each."""
    waiting, delays = iter(contents), list[float]()

    async def send() -> None:
        connection = BundleConnection(portal, access_token)
        for content in waiting:
            began = time.perf_counter()
            status = await connection.send(content)
            delays.append(time.perf_counter() - began)
            if status != 200:
                raise UnexpectedAnswerError(f"a notice: status {status}")
        connection.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(send())
    return delays


def fill(values: Mapping[str, str], portal: str, person: str, count: int) -> None:
    """Notify a citizen `count` times, each time about another dossier, the notices a minute apart."""
    for start in range(0, count, PER_TOKEN):
        contents = [
            json.dumps(bundle(f"{person} {serial}", person, age=serial * APART)).encode()
            for serial in range(start, min(start + PER_TOKEN, count))
        ]
        asyncio.run(send_all(portal, token(values, portal), contents, CONNECTIONS))
