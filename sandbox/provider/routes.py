"""Add the provider's addresses below `/op`, where its switch decides how it answers."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import msgspec
from aiohttp import web

from sandbox.faults.damaged_json import damaged_json, padding_at
from sandbox.faults.meeting import Dialect, meet
from sandbox.faults.strangers import stranger
from sandbox.faults.switches import PROVIDER
from sandbox.state import TOWN

from .sign_in import ask, sign_in
from .sign_out import sign_out
from .signing import publication
from .tokens import redeem, userinfo

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_Answering = Callable[[web.Request], Awaitable[web.Response]]


# The faults that hold for people's pages. The others hold for programs only: one must pass the sign-in page to reach
# the addresses of programs.
_FAULTS_OF_PAGES = frozenset({"hang", "503", "soap-fault"})


def add_to(app: web.Application) -> None:
    """Add the provider's addresses."""
    add = app.router.add_route
    add("GET", "/op/.well-known/openid-configuration", _faulty(discovery))
    add("GET", "/op/v1/auth", _faulty(ask, is_for_people=True))
    add("POST", "/op/v1/auth", _faulty(ask, is_for_people=True))
    add("POST", "/op/v1/auth/login", _faulty(sign_in, is_for_people=True))
    add("POST", "/op/v1/token", _faulty(redeem))
    add("GET", "/op/v1/userinfo", _faulty(userinfo))
    add("POST", "/op/v1/userinfo", _faulty(userinfo))
    add("GET", "/op/v1/keys", _faulty(keys))
    add("GET", "/op/v1/logout", _faulty(sign_out, is_for_people=True))


def _faulty(handler: _Answering, *, is_for_people: bool = False) -> _Handler:
    """Wrap a handler so that the fault of the provider's switch is applied to its answers."""
    dialect = _FOR_PEOPLE if is_for_people else _DIALECT

    async def handle(request: web.Request) -> web.StreamResponse:
        town = request.app[TOWN]

        async def answer() -> web.Response:
            return await handler(request)

        switch = town.switches[PROVIDER]
        return await meet(town, switch, request, answer, dialect)

    return handle


def _damage(mode: str, body: bytes) -> bytes:
    """Damage an answer to a program: `partial` lacks the ID token, `other-person` is somebody else's userinfo."""
    if mode not in ("partial", "other-person"):
        return damaged_json(mode, body, "", PROVIDER)
    content = msgspec.json.decode(body)
    if mode == "partial" and content.pop("id_token", None) is None:
        return body
    if mode == "other-person" and "sub" in content:
        content |= {"sub": "somebody-else", "rrn": stranger(content.get("rrn", ""))}
    return msgspec.json.encode(content)


_DIALECT = Dialect(
    unavailable=lambda: web.Response(status=503, text="Het toegangsbeheer is tijdelijk niet beschikbaar."),
    defect=lambda: web.Response(status=500, text="Het toegangsbeheer is defect."),
    damage=_damage,
    padding_at=padding_at,
)
_FOR_PEOPLE = replace(_DIALECT, faults=_FAULTS_OF_PAGES)


async def discovery(request: web.Request) -> web.Response:
    """Describe the provider to its clients."""
    issuer = request.app[TOWN].provider.issuer
    return web.json_response(
        {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/v1/auth",
            "token_endpoint": f"{issuer}/v1/token",
            "userinfo_endpoint": f"{issuer}/v1/userinfo",
            "jwks_uri": f"{issuer}/v1/keys",
            "end_session_endpoint": f"{issuer}/v1/logout",
            "scopes_supported": ["openid", "profile", "rrn", "vo"],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query", "fragment"],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256", "plain"],
            "claims_supported": [
                *("iss", "sub", "aud", "azp", "exp", "iat", "nonce", "at_hash", "acr"),
                *("given_name", "family_name", "rrn", "vo_id", "vo_doelgroepcode", "vo_doelgroepnaam"),
            ],
            "claims_parameter_supported": False,
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
        }
    )


async def keys(request: web.Request) -> web.Response:
    """Publish the keys that check ID tokens."""
    return web.json_response(publication(request.app[TOWN].provider.keys))
