"""Ask the eBox as the portal does, and send letters from the console."""

import base64
from typing import Any
from urllib.parse import quote

import aiohttp
import jwt
from yarl import URL

from sandbox.tests.papers import NOON, NUMBER

LIES = "84651421235"  # Lies Verhaegen, who has sample letters at all three registries
PDF = b"%PDF-1.7\nletter"
FULL = {
    "person": NUMBER,
    "subject": {"nl": "Uw brief", "fr": "Votre lettre"},
    "body": {"nl": "<p>Dag</p>"},
    "attachments": [
        {"fileName": "brief.pdf", "base64": base64.b64encode(PDF).decode(), "isMain": True},
        {"fileName": "annex.pdf", "base64": base64.b64encode(b"%PDF-1.7").decode(), "digest": "A" * 43},
    ],
    "paymentData": {"paymentDataId": "1", "amount": 10.0, "vatAmount": 2.1, "currency": "EUR", "iban": "BE0"},
}


class Box:
    """Ask the registries about one person, as the portal does."""

    def __init__(self, session: aiohttp.ClientSession, key: Any, person: str = NUMBER) -> None:
        self.session, self.key, self.person = session, key, person

    def headers(self, office: str, **other: Any) -> dict[str, str]:
        claims = {"iss": "http://localhost:8000", "aud": f"urn:x-modelstad:ebox:{office}", "rrn": self.person}
        claims |= {"iat": int(NOON), "exp": int(NOON) + 60, "jti": "1"} | other
        token = jwt.encode(claims, self.key, "RS256", {"kid": "k"})
        return {"Authorization": f"Bearer {token}"}

    async def get(self, office: str, below: str, **how: Any) -> tuple[int, Any]:
        version = "v2" if office == "smals" else "v3"
        headers = how.pop("headers", None) or self.headers(office)
        path = f"/ebox/{office}/{version}/{below}"
        async with self.session.get(URL(path, encoded=True), headers=headers, **how) as answer:
            is_json = answer.content_type == "application/json"
            return answer.status, await (answer.json() if is_json else answer.read())

    async def ids(self, office: str, query: str = "") -> list[str]:
        status, found = await self.get(office, f"ebox/messages?pageSize=100{query}")
        return [one["messageId"] for one in found["items"]] if status == 200 else [str(status)]


async def send(http, letter: Any = FULL, **how: Any) -> tuple[int, Any]:
    async with http.post("/ebox/messages", json=letter, **how) as answer:
        return answer.status, await answer.json()


async def send_for_id(http, **other: Any) -> str:
    status, made = await send(http, FULL | other)
    assert status == 201, made
    return quote(made["messageId"], safe="")
