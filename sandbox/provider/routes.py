"""Put the provider at its addresses below `/op`, and let its switch be felt there."""

from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from sandbox.faults.switches import PROVIDER, felt
from sandbox.state import TOWN

from .sign_in import ask, sign_in
from .sign_out import sign_out
from .signing import published
from .state import Tampering
from .tokens import redeem, userinfo

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _Tamper(msgspec.Struct, forbid_unknown_fields=True):
    mode: Tampering


def add_to(app: web.Application) -> None:
    """Add the provider; its control `/op/tampering` works whatever the fault."""
    add = app.router.add_route
    add("GET", "/op/.well-known/openid-configuration", _faulty(discovery))
    add("GET", "/op/v1/auth", _faulty(ask))
    add("POST", "/op/v1/auth", _faulty(ask))
    add("POST", "/op/v1/auth/login", _faulty(sign_in))
    add("POST", "/op/v1/token", _faulty(redeem))
    add("GET", "/op/v1/userinfo", _faulty(userinfo))
    add("POST", "/op/v1/userinfo", _faulty(userinfo))
    add("GET", "/op/v1/keys", _faulty(keys))
    add("GET", "/op/v1/logout", _faulty(sign_out))
    add("GET", "/op/tampering", tampering)
    add("PUT", "/op/tampering", tamper)


def _faulty(handler: _Handler) -> _Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        match await felt(request.app[TOWN].switches[PROVIDER], request):
            case "ok":
                return await handler(request)
            case "soap-fault":
                return web.Response(status=500, text="Het toegangsbeheer is defect.")
        return web.Response(status=503, text="Het toegangsbeheer is tijdelijk niet beschikbaar.")

    return handle


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
            "grant_types_supported": ["authorization_code"],
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
    return web.json_response(published(request.app[TOWN].provider.keys))


async def tampering(request: web.Request) -> web.Response:
    """Tell what is wrong with the next ID tokens."""
    return web.json_response({"mode": request.app[TOWN].provider.tampering}, headers={"Cache-Control": "no-store"})


async def tamper(request: web.Request) -> web.Response:
    """Make one thing wrong with the next ID tokens, until `none`."""
    try:
        request.app[TOWN].provider.tampering = msgspec.json.decode(await request.read(), type=_Tamper).mode
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return web.json_response({"error": str(error)}, status=400)
    return await tampering(request)
