"""How the walks come to the pages of notices, and to what bodies call."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import uuid4

from portal.features.notifications.types import SCOPE
from tests.walks.example import Example, Person
from tests.walks.machine import token
from tests.walks.somebody import Somebody

NOBODY = {"thread": "00000000-0000-4000-8000-000000000000"}


def bundle_for(person: str) -> dict[str, object]:
    """Write a bundle that a body could send."""
    pairs = {"DossierNummer": "2026-77", "StatusVlaamseCode": "DossierOnvolledig", "StatusVlaamseFase": "Behandeling"}
    return {
        "Id": str(uuid4()),
        "AanbiederUri": "http://ov.vlaanderen.be/studietoelagen/daf",
        "Bestemmelingen": [{"Soort": "RRN", "Identificatie": person}],
        "Categorie": "DossierGerelateerdBerichtWijzigingDossier",
        "DatumNotificatie": datetime.now(UTC).isoformat(),
        "TransactieId": "http://ov.vlaanderen.be/studietoelagen/daf2026-77",
        "Kanalen": ["Portaal"],
        "ProductId": "685",
        "MerkCode": "AHOVOKS",
        "SleutelWaardeParen": [
            {"Sleutel": name, "Waarde": value}
            for name, value in (pairs | {"Actie": "Bezorg ons een bewijs van inschrijving."}).items()
        ],
    }


async def is_notified(who: Somebody) -> Mapping[str, str]:
    """Have a body notify somebody, unless it did; give the thread."""
    if found := re.search(r"/brievenbus/meldingen/([0-9a-f-]{36})/", (await who.gets("/brievenbus/meldingen/")).text):
        return {"thread": found[1]}
    headers = {"Authorization": f"Bearer {await token(who, SCOPE)}", "Content-Type": "application/json"}
    content = json.dumps(bundle_for(who.person))
    answer = await who.asks("POST", "/api/v2/notificaties", data=content, headers=headers)
    assert answer.status == 200, answer.text
    return await is_notified(who)


async def is_notified_and_reads_the_list(who: Somebody) -> Mapping[str, str]:
    """Have something in the list."""
    await is_notified(who)
    return {}


def own(**more: object) -> Example:
    return Example(person=Person.complete, **more)


EXAMPLES = {
    "notifications:listed": [
        own(),
        own(prepare=is_notified_and_reads_the_list),
        own(query={"archief": "1"}),
        Example(person=Person.nowhere),
    ],
    "notifications:thread": [
        own(values=NOBODY, prepare=is_notified),
        own(values=NOBODY, status=404),
        own(values=NOBODY, prepare=is_notified, form={"keuze": "ongelezen"}, status=303),
    ],
    "notifications:notify": [
        Example(scope=SCOPE, method="POST", said=bundle_for(Person.nowhere)),
        Example(scope=SCOPE, method="POST", said={}, status=400),
    ],
}
