"""Shared by benchmarks of events of the eBox: citizens who linked theirs, and events in the town."""

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
    addresses = {insz: f"ebox{at}@example.org" for at, insz in enumerate(people)}
    command = [sys.executable, "-m", "benchmarks.ebox_setup"]
    subprocess.run(command, input=json.dumps(addresses).encode(), env=for_portal(values), cwd=ROOT, check=True)


def add_events(port: int, events: Iterable[tuple[str, str]]) -> None:
    """Add events of new documents to the town. events: the national number and the document's id of each."""
    town = HTTPConnection("127.0.0.1", port, timeout=20)
    for national_number, message in events:
        data = {
            "eventType": "newDocument",
            "boxId": national_number,
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
