"""Reports as bodies send them, with the token of their own machine."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpResponse
from django.test import AsyncClient

from portal.features.dossiers.section import SCOPE
from portal.platform.access.client import ASSERTION_TYPE
from sandbox.machines import assertion
from tests.desks import key_of

REPORTS = "/api/v1/dosis/dossiers"
RESULTS = "/api/v1/dosis/resultaten"
BODY, BRON = "ahovoks", "http://ov.vlaanderen.be/studietoelagen/daf"
NEWCOMER = "61120311989"  # a citizen who visits the portal for the first time in a test
STRANGER = "59720533101"  # a citizen who never visited the portal


def report(**changed: Any) -> dict[str, Any]:
    """Write a report. changed: values by their place, as `Status__VlaamsFase`; None leaves a field out."""
    content: dict[str, Any] = {
        "Identificatie": {"Bron": BRON, "DossierNummer": "CANARY-1"},
        "UploadId": str(uuid4()),
        "Naam": "Studietoelage CANARY",
        "WijzigingsDatum": "2026-03-03T14:03:00",
        "Status": {
            "VlaamsCode": "InBehandeling",
            "VlaamsFase": "Behandeling",
            "Detail1": "Wij lezen uw CANARY.",
            "Actie": {"ActieNodig": False, "Actie": None},
        },
        "Doorverwijzing": None,
        "TypeDossierCode": "DossierStatus",
        "Producten": [{"Id": "685"}],
        "DossierBeheerder": {"Naam": "An CANARY", "Dienst": None, "Adres": {"Straat": "Laan", "Nummer": "1"}},
        "Agenten": [agent("84651421235")],
    }
    for place, value in changed.items():
        part, names = content, place.split("__")
        for name in names[:-1]:
            part = part[name]
        if value is None:
            part.pop(names[-1], None)
        else:
            part[names[-1]] = value
    return content


def agent(number: str, *roles: str) -> dict[str, Any]:
    """Write an agent, who may see the dossier unless other roles are given."""
    return {"Identificatie": number, "Toegangsrechten": [{"Code": role} for role in roles or ("Raadpleger",)]}


async def token_of(body: str = BODY) -> str:
    """Ask for an access token of a body's machine."""
    form = {
        "grant_type": "client_credentials",
        "scope": SCOPE,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion(body, key_of(body), settings.PORTAL_ORIGIN, datetime.now(UTC)),
    }
    return str((await AsyncClient().post("/machine/token", form)).json()["access_token"])


class Machine:
    """The machine of a body, with a token."""

    def __init__(self, token: str) -> None:
        self.headers = {"Authorization": f"Bearer {token}"}

    async def sends(self, sent: object) -> HttpResponse:
        """Send a report, or any bytes."""
        data = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
        return await AsyncClient().post(REPORTS, data, content_type="application/json", headers=self.headers)

    async def asks(self, path: str, **query: str) -> HttpResponse:
        """Send a GET."""
        return await AsyncClient().get(path, query, headers=self.headers)

    async def takes_back(self, number: str = "CANARY-1", source: str = BRON) -> HttpResponse:
        """Send the DELETE that takes a dossier back."""
        return await AsyncClient().delete(
            REPORTS, query_params={"bron": source, "dossierNummer": number}, headers=self.headers
        )
