"""Write the bundle with which a body notifies of a change, send it, and remember what it was answered."""

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
MOST = 500  # that are remembered


class News(msgspec.Struct, frozen=True):
    """Hold what a body notifies of: how somebody's dossier stands since when, and what that person must do.

    `product` is the service's number in the IPDC, as the dossier has it; `is_silent`: the person is not to be told.
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


class Sent(msgspec.Struct, frozen=True):
    """Hold one bundle that a body sent, and what it was answered: in words, with the answer's own JSON."""

    body: str
    sent_at: datetime
    bundle: dict[str, Any]
    answer: str
    content: dict[str, Any]


@dataclass
class Outbox:
    """Hold what bodies sent since the town started, the oldest first."""

    sent: deque[Sent] = field(default_factory=lambda: deque(maxlen=MOST))

    def of(self, body: str) -> Iterator[Sent]:
        """List what a body sent, the newest first."""
        return (one for one in reversed(self.sent) if one.body == body)


async def send(outbox: Outbox, sender: Sender, news: News, portal: str, keys: Path | None) -> None:
    """Send one bundle as its body."""
    bundle = bundle_of(sender, news)
    answer = await call(portal, keys, sender.body, Call(SCOPE, "POST", PATH, bundle))
    outbox.sent.append(Sent(sender.body, datetime.now(UTC), bundle, answer.words, answer.content))


def bundle_of(sender: Sender, news: News) -> dict[str, Any]:
    """Write a bundle; what the body cannot say of the dossier is left out of it."""
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
