"""Write the bundle with which a body notifies of a change, send it, and remember the portal's answer."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec

from sandbox.machines import Call, call
from sandbox.manifests import Sender

SCOPE = "notificaties"
PATH = "/api/v2/notificaties"
CATEGORY = "DossierGerelateerdBerichtWijzigingDossier"
MOST_KEPT = 500  # bundles with their answers


class News(msgspec.Struct, frozen=True):
    """Hold what a body notifies of: the state of a person's dossier since `at`, and what that person must do.

    `person` is a national number, `source` the dossier's Bron and `number` its Dossiernummer, `product` the public
    service's number in the IPDC, as the dossier has it. `action` is empty where nothing is asked, or it has no words.
    `details`: the body's own words about the status, of which a bundle has room for the first. `is_silent`: the
    portal is not to tell the person.
    """

    person: str
    source: str
    number: str
    at: datetime
    phase: str
    status: str
    action: str
    details: tuple[str, ...]
    product: str
    is_silent: bool


class SentBundle(msgspec.Struct, frozen=True):
    """Hold one bundle that a body sent, and the portal's answer: in words, and its JSON (`machines.Answer`)."""

    body: str
    sent_at: datetime
    bundle: dict[str, Any]
    answer: str
    content: dict[str, Any]


@dataclass
class Outbox:
    """Hold the last bundles that bodies sent since the town started, the oldest first."""

    sent: deque[SentBundle] = field(default_factory=lambda: deque(maxlen=MOST_KEPT))

    def of(self, body: str) -> Iterator[SentBundle]:
        """Give the bundles of one body, the newest first."""
        return (bundle for bundle in reversed(self.sent) if bundle.body == body)


async def send(outbox: Outbox, sender: Sender, news: News, portal: str, keys: Path | None) -> None:
    """Send one bundle to the portal as its body, and put it in the outbox; `keys` is the folder with BODY.key."""
    bundle, sent_at = bundle_of(sender, news), datetime.now(UTC)
    answer = await call(portal, keys, sender.body, Call(SCOPE, "POST", PATH, bundle))
    outbox.sent.append(SentBundle(sender.body, sent_at, bundle, answer.words, answer.content))


def bundle_of(sender: Sender, news: News) -> dict[str, Any]:
    """Write a bundle as JSON; pairs without a value are left out.

    The portal refuses a product that the body's manifest does not name; in its place goes the first that it names.
    """
    pairs = {
        "DossierNummer": news.number,
        "StatusVlaamseCode": news.status,
        "StatusVlaamseFase": news.phase,
        "Actie": news.action,
        "StatusDetail1": (*news.details, "")[0],
    }
    return {
        "Id": str(uuid4()),
        "AanbiederUri": sender.uri,
        "Bestemmelingen": [{"Soort": "RRN", "Identificatie": news.person}],
        "Categorie": CATEGORY,
        "DatumNotificatie": news.at.isoformat(),
        "TransactieId": f"{news.source}{news.number}",
        "Kanalen": [] if news.is_silent else ["Portaal", "Email"],
        "ProductId": news.product if news.product in sender.products else sender.products[0],
        "MerkCode": sender.body.upper(),
        "SleutelWaardeParen": [{"Sleutel": key, "Waarde": value} for key, value in pairs.items() if value],
    }
