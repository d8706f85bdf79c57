"""How the walks come to the pages of notices, and to what bodies call."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import uuid4

from portal.features.notifications.types import SCOPE
from portal.features.profile.tests import examples as profile
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


async def chooses_one_address(who: Somebody) -> Mapping[str, str]:
    """Give addresses for mail, and choose one for all services."""
    await profile.gives_another_address_for_mail(who)
    page = (await who.gets("/uw-gegevens/contactvoorkeuren/alle/")).text
    (first, *_) = re.findall(r'<option value="([0-9a-f-]{36})"', page)
    await who.posts("/uw-gegevens/contactvoorkeuren/alle/", {"email": first, "pace": "daily"})
    return {}


EXAMPLES = {
    "notifications:preferences": [
        Example(person=Person.without_certificates),
        own(prepare=chooses_one_address),
        own(form={}, status=303),
    ],
    "notifications:preferences_all": [
        own(prepare=profile.gives_another_address_for_mail),
        own(prepare=profile.gives_another_address_for_mail, form={"pace": "x"}, status=422),
    ],
    "notifications:preferences_each": [
        own(prepare=profile.gives_another_address_for_mail),
        own(prepare=profile.gives_another_address_for_mail, form={"dienst-ebox": "x"}, status=422),
    ],
    # A script waits there for what comes; whoever follows the address is led to the list.
    "notifications:live": [own(status=303)],
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
