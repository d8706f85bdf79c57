"""Judge what a client asks at the authorization endpoint."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from multidict import MultiMapping

from .clients import Client

# What the sign-in page must carry along in its form.
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
    """The client or its address is unknown, so the browser is sent nowhere; the text is for the page."""


class SendBack(Exception):
    """The client must hear of an error; `location` is where the browser goes."""

    def __init__(self, location: str) -> None:
        super().__init__("sent back with an error")
        self.location = location


@dataclass(frozen=True)
class AuthorizationRequest:
    """Hold a request that may be granted once someone signs in."""

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
        """Give the address that brings these values, and the state, to the client."""
        return _address(self.redirect_uri, self.mode, {**values, "state": self.state})

    @property
    def target(self) -> str:
        """Give the origin of the client's address."""
        parts = urlsplit(self.redirect_uri)
        return f"{parts.scheme}://{parts.netloc}"


def judge(given: MultiMapping[object], clients: Mapping[str, Client]) -> AuthorizationRequest:
    """Check a request.

    Raises NotTrusted for an unknown client or address, SendBack for everything the client may be told.
    """
    values = {name: str(given.get(name, "")) for name in PARAMETERS}
    twice = [name for name in PARAMETERS if len(given.getall(name, [])) > 1]
    client = clients.get(values["client_id"])
    if client is None or "client_id" in twice:
        raise NotTrusted("Deze toepassing is niet bekend bij het toegangsbeheer (client_id).")
    if values["redirect_uri"] not in client.redirect_uris or "redirect_uri" in twice:
        raise NotTrusted("Het adres om naar terug te keren is niet geregistreerd (redirect_uri).")
    asked = AuthorizationRequest(
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
    problem = _problem(asked, values, twice)
    if problem:
        raise SendBack(asked.back({"error": problem[0], "error_description": problem[1]}))
    return asked


def _problem(asked: AuthorizationRequest, values: Mapping[str, str], twice: list[str]) -> tuple[str, str] | None:
    """Find the first thing wrong: (error code, explanation)."""
    if twice:
        return "invalid_request", f"{twice[0]} is given more than once"
    if values["request"]:
        return "request_not_supported", "request objects are not supported"
    if values["request_uri"]:
        return "request_uri_not_supported", "request objects are not supported"
    if values["max_age"] and asked.max_age is None:
        return "invalid_request", "max_age must be a number of seconds"
    if not values["response_type"]:
        return "invalid_request", "response_type is missing"
    if values["response_type"] != "code":
        return "unsupported_response_type", "only response_type=code is supported"
    if values["response_mode"] not in ("", "query", "fragment"):
        return "invalid_request", "response_mode must be query or fragment"
    if "openid" not in asked.scopes:
        return "invalid_scope", "scope must contain openid"
    if refused := [it for it in asked.scopes if it not in asked.client.scopes or it.startswith("dv_")]:
        return "invalid_scope", f"the client was not granted: {' '.join(refused)}"
    if values["prompt"] == "none":
        return "login_required", "the person must choose how to sign in"
    return _challenge_problem(asked, values)


def _challenge_problem(asked: AuthorizationRequest, values: Mapping[str, str]) -> tuple[str, str] | None:
    if not asked.challenge:
        wrong = bool(values["code_challenge_method"])
        return ("invalid_request", "code_challenge_method without code_challenge") if wrong else None
    if asked.challenge_method not in ("S256", "plain"):
        return "invalid_request", "code_challenge_method must be S256 or plain"
    if not _CHALLENGE.fullmatch(asked.challenge):
        return "invalid_request", "code_challenge must be 43 to 128 characters"
    return None


def _address(uri: str, mode: str, values: Mapping[str, str]) -> str:
    parts = urlsplit(uri)
    added = urlencode({name: value for name, value in values.items() if value})
    if mode == "fragment":
        return urlunsplit(parts._replace(fragment=added))
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))
