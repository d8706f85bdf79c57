"""The token endpoint and the userinfo endpoint."""

import base64
import hashlib
import hmac

from aiohttp import web
from multidict import MultiMapping

from sandbox.state import TOWN, Town

from .authorization import AuthorizationRequest
from .claims import claims_of, id_token
from .clients import Client, NotAuthentic, authenticate
from .service_tokens import new_service_token, refused_scopes
from .state import TOKEN_LIVES_S, Grant, new_token

_NOT_CACHED = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class Refused(Exception):
    """No token is issued; holds the error code of OAuth 2.0 (RFC 6749, 5.2) and an explanation."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


async def redeem(request: web.Request) -> web.Response:
    """Exchange a code for an access token and an ID token, or issue a machine's access token."""
    town, form = request.app[TOWN], await request.post()
    # The assertion is checked by the town's clock; what is issued carries the provider's, which a control can move.
    now = town.provider.now(town.clock)
    try:
        client = authenticate(
            town.provider.clients,
            lambda name: str(form.get(name, "")),
            town.provider.issuer,
            town.provider.used_assertions,
            town.clock(),
        )
        if form.get("grant_type") == "client_credentials":
            return _service_token(town, client, str(form.get("scope", "")), now)
        if form.get("grant_type") != "authorization_code":
            raise Refused("unsupported_grant_type", "grant_type must be authorization_code or client_credentials")
        grant = _use_code(town, client, form, now)
    except NotAuthentic as error:
        return _error("invalid_client", str(error), 401)
    except Refused as error:
        return _error(error.code, str(error), 400)
    claims = claims_of(grant, town.provider)
    grant.token = new_token(town.provider, claims, now)
    return web.json_response(
        {
            "access_token": grant.token,
            "token_type": "Bearer",
            "expires_in": TOKEN_LIVES_S,
            "scope": " ".join(grant.authorization.scopes),
            "id_token": id_token(grant, town.provider, claims, grant.token, now),
        },
        headers=_NOT_CACHED,
    )


async def userinfo(request: web.Request) -> web.Response:
    """Give the claims about the person whose access token this is."""
    town = request.app[TOWN]
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    access = town.provider.tokens.get(token.strip()) if scheme.lower() == "bearer" else None
    if access is None or access.until <= town.provider.now(town.clock):
        answer = _error("invalid_token", "the access token is missing, unknown or expired", 401)
        answer.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
        return answer
    return web.json_response(access.claims, headers=_NOT_CACHED)


def _service_token(town: Town, client: Client, scope: str, now: float) -> web.Response:
    """Answer the grant client_credentials: an opaque access token and no ID token.

    Raises Refused when the request has no scope, or one that the client cannot have.
    """
    scopes = tuple(dict.fromkeys(scope.split()))
    if not scopes:
        raise Refused("invalid_scope", "scope is missing")
    if refused := refused_scopes(client, scopes):
        raise Refused("invalid_scope", f"the client was not granted: {' '.join(refused)}")
    return web.json_response(
        {
            "access_token": new_service_token(town.provider, scopes, now),
            "token_type": "Bearer",
            "expires_in": town.provider.service_token_lives_s,
            "scope": " ".join(scopes),
        },
        headers=_NOT_CACHED,
    )


def _use_code(town: Town, client: Client, form: MultiMapping[object], now: float) -> Grant:
    """Use up a code, and give what it stands for.

    Raises Refused; a code that comes a second time gets its access token revoked.
    """
    grant = town.provider.codes.get(str(form.get("code", "")))
    if grant is None or grant.authorization.client.id != client.id:
        raise Refused("invalid_grant", "the code is unknown")
    if grant.token:
        town.provider.tokens.pop(grant.token, None)
        raise Refused("invalid_grant", "the code was used before; its tokens are revoked")
    # From here on the code is used up, even when the rest of the request is wrong.
    del town.provider.codes[str(form["code"])]
    if grant.until <= now:
        raise Refused("invalid_grant", "the code has expired")
    if form.get("redirect_uri") != grant.authorization.redirect_uri:
        raise Refused("invalid_grant", "redirect_uri is not the one that the code was asked with")
    _check_verifier(grant.authorization, str(form.get("code_verifier", "")))
    town.provider.codes[str(form["code"])] = grant
    return grant


def _check_verifier(authorization: AuthorizationRequest, verifier: str) -> None:
    if not authorization.challenge:
        if verifier:
            raise Refused("invalid_grant", "code_verifier without code_challenge")
        return
    digest = hashlib.sha256(verifier.encode()).digest()
    hashed = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    expected = hashed if authorization.challenge_method == "S256" else verifier
    if not verifier or not hmac.compare_digest(expected.encode(), authorization.challenge.encode()):
        raise Refused("invalid_grant", "code_verifier does not match code_challenge")


def _error(code: str, text: str, status: int) -> web.Response:
    return web.json_response({"error": code, "error_description": text}, status=status, headers=_NOT_CACHED)
