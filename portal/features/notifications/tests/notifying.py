"""Bodies that notify, in front of our own address: with a token, and a bundle of the contract."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.test import AsyncClient

from deploy.local.machine_keys import jwk_of
from portal.features.corrections.tests.test_status import ask, claims, sign
from portal.features.notifications.types import SCOPE
from tests.desks import key_of

ADDRESS = "/api/v2/notificaties"
URI = "http://ov.vlaanderen.be/studietoelagen/daf"
CATEGORY = "DossierGerelateerdBerichtWijzigingDossier"
PAIRS = {"DossierNummer": "2026-77", "StatusVlaamseCode": "InBehandeling", "StatusVlaamseFase": "Behandeling"}

tokens: dict[tuple[str, str], str] = {}


async def token_of(body: str = "ahovoks", scope: str = SCOPE) -> str:
    """Have a token given, or take the one that was given in this test run."""
    if (body, scope) not in tokens:
        key = key_of(body)
        answer = await ask(sign(claims(body), key, kid=jwk_of(key)["kid"]), scope=scope)
        assert answer.status_code == 200, answer.content
        tokens[body, scope] = answer.json()["access_token"]
    return tokens[body, scope]


def bundle(*people: str, pairs: Mapping[str, str] | None = None, **changed: Any) -> dict[str, Any]:
    """Write a bundle for these national numbers; what is None is left out."""
    made = {
        "Id": str(uuid4()),
        "AanbiederUri": URI,
        "Bestemmelingen": [{"Soort": "RRN", "Identificatie": number} for number in people],
        "Categorie": CATEGORY,
        "DatumNotificatie": (datetime.now(UTC) - timedelta(hours=1)).isoformat(),
        "TransactieId": f"{URI}2026-77",
        "Kanalen": ["Portaal", "Email"],
        "ProductId": "685",
        "MerkCode": "AHOVOKS",
        "SleutelWaardeParen": [
            {"Sleutel": key, "Waarde": value} for key, value in (PAIRS if pairs is None else pairs).items()
        ],
    }
    return {name: value for name, value in (made | changed).items() if value is not None}


async def notify(content: Mapping[str, Any] | bytes, *, body: str = "ahovoks", token: str | None = None) -> Any:
    """Send a bundle."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    bearer = await token_of(body) if token is None else token
    return await AsyncClient(raise_request_exception=False).post(
        ADDRESS, raw, content_type="application/json", headers={"Authorization": f"Bearer {bearer}"}
    )
