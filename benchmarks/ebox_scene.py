"""What benchmarks of events of the eBox share: who linked theirs, and a town that is told of events."""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from http.client import HTTPConnection

from deploy.local.environment import for_portal
from deploy.local.trouble import LocalTroubleError

from .bodies import ROOT

SENDER = "0308357159"


def link(values: Mapping[str, str], people: Sequence[str]) -> None:
    """Have these people link their eBox, with mails at once, each at an address of their own."""
    given = {insz: f"ebox{at}@example.org" for at, insz in enumerate(people)}
    made = [sys.executable, "-m", "benchmarks.ebox_made"]
    subprocess.run(made, input=json.dumps(given).encode(), env=for_portal(values), cwd=ROOT, check=True)


def tell(port: int, events: Iterable[tuple[str, str]]) -> None:
    """Have the town know of new documents: (whose, id) of each."""
    town = HTTPConnection("127.0.0.1", port, timeout=20)
    for whose, message in events:
        data = {
            "eventType": "newDocument",
            "boxId": whose,
            "messageId": message,
            "receiptDate": "2026-11-01T08:00:00Z",
            "expirationDate": "2099-01-01T00:00:00Z",
            "senderOrganizationId": SENDER,
        }
        town.request("POST", "/ebox/events", json.dumps({"eventData": data}))
        answer = town.getresponse()
        answer.read()
        if answer.status != 201:
            raise LocalTroubleError(f"an event: status {answer.status}")
    town.close()
