"""Check what a client sends to the authorization endpoint."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from multidict import MultiMapping

from .clients import Client

# Every parameter that is read; the sign-in page repeats them in its form, so that it is checked again.
PARAMETERS = (
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "acr_values",
    "prompt",
    "max_age",
    "code_challenge",
    "code_challenge_method",
    "request",
    "request_uri",
)
_CHALLENGE = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class NotTrusted(Exception):
    """The client or its redirect_uri is unknown, so there is no redirect; the text is for the error page."""


class SendBack(Exception):
    """The request is refused to a known client; `location` is its redirect_uri with the error."""

    def __init__(self, location: str) -> None:
        super().__init__("sent back with an error")
        self.location = location


@dataclass(frozen=True)
class AuthorizationRequest:
    """Hold a request that passed all checks, to be granted once someone signs in.

    `mode` is its response_mode: "query" or "fragment". `challenge` is that of PKCE; `challenge_method` is "S256" or
    "plain". `max_age` is in seconds. What the client did not give is "", and a `max_age` None.
    """

    client: Client
    redirect_uri: str
    mode: str
    scopes: tuple[str, ...]
    state: str
    nonce: str
    acr_values: tuple[str, ...]
    challenge: str
    challenge_method: str
    max_age: int | None

    def back(self, values: Mapping[str, str]) -> str:
        """Give the redirect_uri with these values and the state, those that are not "", in its query or fragment."""
        return _address(self.redirect_uri, self.mode, {**values, "state": self.state})

    @property
    def target(self) -> str:
        """Give the origin of the redirect_uri."""
        parts = urlsplit(self.redirect_uri)
        return f"{parts.scheme}://{parts.netloc}"


def judge(parameters: MultiMapping[object], clients: Mapping[str, Client]) -> AuthorizationRequest:
    """Check the parameters of a request.

    Raises NotTrusted for an unknown client or redirect_uri, and SendBack for every other error.
    """
    values = {name: str(parameters.get(name, "")) for name in PARAMETERS}
    repeated = [name for name in PARAMETERS if len(parameters.getall(name, [])) > 1]
    client = clients.get(values["client_id"])
    if client is None or "client_id" in repeated:
        raise NotTrusted("Deze toepassing is niet bekend bij het toegangsbeheer (client_id).")
    if values["redirect_uri"] not in client.redirect_uris or "redirect_uri" in repeated:
        raise NotTrusted("Het adres om naar terug te keren is niet geregistreerd (redirect_uri).")
    authorization = AuthorizationRequest(
        client=client,
        redirect_uri=values["redirect_uri"],
        mode=values["response_mode"] if values["response_mode"] == "fragment" else "query",
        scopes=tuple(dict.fromkeys(values["scope"].split())),
        state=values["state"],
        nonce=values["nonce"],
        acr_values=tuple(values["acr_values"].split()),
        challenge=values["code_challenge"],
        challenge_method=values["code_challenge_method"] or "plain",
        max_age=int(values["max_age"]) if values["max_age"].isdecimal() else None,
    )
    problem = _problem(authorization, values, repeated)
    if problem:
        raise SendBack(authorization.back({"error": problem[0], "error_description": problem[1]}))
    return authorization


def _problem(
    authorization: AuthorizationRequest, values: Mapping[str, str], repeated: list[str]
) -> tuple[str, str] | None:
    """Find the first thing wrong: (error code, explanation)."""
    if repeated:
        return "invalid_request", f"{repeated[0]} is given more than once"
    if values["request"]:
        return "request_not_supported", "request objects are not supported"
    if values["request_uri"]:
        return "request_uri_not_supported", "request objects are not supported"
    if values["max_age"] and authorization.max_age is None:
        return "invalid_request", "max_age must be a number of seconds"
    if not values["response_type"]:
        return "invalid_request", "response_type is missing"
    if values["response_type"] != "code":
        return "unsupported_response_type", "only response_type=code is supported"
    if values["response_mode"] not in ("", "query", "fragment"):
        return "invalid_request", "response_mode must be query or fragment"
    if "openid" not in authorization.scopes:
        return "invalid_scope", "scope must contain openid"
    # A scope of a government service (`dv_…`) is for machines (service_tokens.py), whatever the client registered.
    if refused := [
        it for it in authorization.scopes if it not in authorization.client.scopes or it.startswith("dv_")
    ]:
        return "invalid_scope", f"the client was not granted: {' '.join(refused)}"
    if values["prompt"] == "none":
        return "login_required", "the person must choose how to sign in"
    return _challenge_problem(authorization, values)


def _challenge_problem(authorization: AuthorizationRequest, values: Mapping[str, str]) -> tuple[str, str] | None:
    if not authorization.challenge:
        wrong = bool(values["code_challenge_method"])
        return ("invalid_request", "code_challenge_method without code_challenge") if wrong else None
    if authorization.challenge_method not in ("S256", "plain"):
        return "invalid_request", "code_challenge_method must be S256 or plain"
    if not _CHALLENGE.fullmatch(authorization.challenge):
        return "invalid_request", "code_challenge must be 43 to 128 characters"
    return None


def _address(uri: str, mode: str, values: Mapping[str, str]) -> str:
    parts = urlsplit(uri)
    added = urlencode({name: value for name, value in values.items() if value})
    if mode == "fragment":
        return urlunsplit(parts._replace(fragment=added))
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))
