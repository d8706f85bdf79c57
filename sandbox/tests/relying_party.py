"""A small OpenID client whose requests tests can change in any way."""

import base64
import hashlib
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from sandbox.tests.papers import CALLBACK, NUMBER

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass
class Answer:
    """Hold an answer of the provider: status, Location and body."""

    status: int
    location: str
    text: str

    @property
    def parameters(self) -> dict[str, str]:
        """Give the query parameters of the Location."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.location).query).items()}


@dataclass
class RelyingParty:
    http: aiohttp.ClientSession
    key: RSAPrivateKey
    issuer: str
    clock: Callable[[], float]

    async def ask(self, **changes: str | None) -> Answer:
        """Send an ordinary authorization request, with changes; None leaves a parameter out."""
        ordinary: dict[str, str | None] = {
            "client_id": "portal",
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid profile rrn vo",
            "state": "a state&more",
            "nonce": "a-nonce",
            "acr_values": "urn:be:vlaanderen:authmech:eid urn:be:vlaanderen:authmech:itsme",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        params = {name: value for name, value in (ordinary | changes).items() if value is not None}
        return await self.get("/op/v1/auth", params)

    async def get(self, path: str, params: dict[str, str] | None = None) -> Answer:
        async with self.http.get(path, params=params, allow_redirects=False) as answer:
            return Answer(answer.status, answer.headers.get("Location", ""), await answer.text())

    async def fill_in(self, page: str, **fields: str) -> Answer:
        """Post the form of a page, with its hidden fields and these fields."""
        form = {
            name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
        }
        action = re.findall(r'action="([^"]+)"', page)[-1]
        async with self.http.post(action, data=form | fields, allow_redirects=False) as answer:
            return Answer(answer.status, answer.headers.get("Location", ""), await answer.text())

    async def code(self, person: str = NUMBER, means: str = "eid", **changes: str | None) -> str:
        page = await self.ask(**changes)
        back = await self.fill_in(page.text, person=person, means=means)
        return back.parameters["code"]

    async def redeem(
        self, code: str, assertion: str | None = None, **changes: str | None
    ) -> tuple[int, dict[str, Any]]:
        ordinary: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion or self.assertion(),
        }
        data = {name: value for name, value in (ordinary | changes).items() if value is not None}
        async with self.http.post("/op/v1/token", data=data) as answer:
            return answer.status, await answer.json()

    def assertion(self, key: RSAPrivateKey | None = None, algorithm: str = "RS256", **changes: Any) -> str:
        ordinary = {
            "iss": "portal",
            "sub": "portal",
            "aud": self.issuer,
            "iat": int(self.clock()),
            "exp": int(self.clock()) + 60,
            "jti": str(uuid.uuid4()),
        }
        claims = {name: value for name, value in (ordinary | changes).items() if value is not None}
        return jwt.encode(claims, key or self.key, algorithm=algorithm)

    async def key_set(self) -> jwt.PyJWKSet:
        async with self.http.get("/op/v1/keys") as answer:
            return jwt.PyJWKSet.from_dict(await answer.json())

    async def claims(self, token: str) -> dict[str, Any]:
        """Check the signature with the published key; times and audience are not checked, since the town's clock can
        be moved.
        """
        keys = await self.key_set()
        key = keys[jwt.get_unverified_header(token)["kid"]]
        return jwt.decode(
            token, key, algorithms=["RS256"], options={"verify_aud": False, "verify_exp": False, "verify_iat": False}
        )

    async def sign_in(self, **changes: Any) -> dict[str, Any]:
        """Sign in from request to tokens; give the claims of the ID token."""
        status, tokens = await self.redeem(await self.code(**changes))
        assert status == 200, tokens
        return await self.claims(tokens["id_token"])

    async def userinfo(self, token: str) -> tuple[int, dict[str, Any]]:
        async with self.http.get("/op/v1/userinfo", headers={"Authorization": f"Bearer {token}"}) as answer:
            return answer.status, await answer.json()
