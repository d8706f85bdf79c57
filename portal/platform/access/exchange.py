"""Redeem a code for tokens, and ask for the claims that an ID token leaves out."""

from datetime import datetime
from typing import Annotated, Any

import msgspec

from portal.platform.kit.unprinted import Unprinted

from .client import ASSERTION_TYPE, OidcClient, assertion
from .errors import BadClaim, CodeRefused, ProviderRefused, ProviderUnavailable
from .provider import Metadata
from .wire import ask


class Tokens(Unprinted, frozen=True):
    """The tokens that a code is redeemed for. Never printed."""

    id_token: str
    # Printable ASCII: it goes into a header (RFC 6750, 2.1).
    access_token: Annotated[str, msgspec.Meta(pattern=r"\A[!-~]+\Z")]
    token_type: str


async def redeem(
    client: OidcClient, metadata: Metadata, *, code: str, code_verifier: str, redirect_uri: str, now: datetime
) -> Tokens:
    """Redeem a code at the token endpoint.

    Raises CodeRefused when the provider does not accept the code, ProviderRefused when it does not accept us,
    ProviderSlow and ProviderUnavailable.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": code_verifier,
        "client_id": client.id,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion(client, metadata.issuer, now),
    }
    status, answer = await ask("POST", metadata.token_endpoint, purpose="codes", form=form)
    if status != 200:
        raise CodeRefused if answer.get("error") == "invalid_grant" else ProviderRefused(f"token: HTTP {status}")
    return read_tokens(answer)


def read_tokens(answer: dict[str, Any]) -> Tokens:
    """Read what the token endpoint answered. Raises ProviderUnavailable unless these are tokens that can be used."""
    try:
        tokens = msgspec.convert(answer, Tokens)
    except msgspec.ValidationError as error:
        raise ProviderUnavailable("token answer is incomplete") from error
    if tokens.token_type.lower() != "bearer":
        raise ProviderUnavailable("token is no bearer token")
    return tokens


async def userinfo(metadata: Metadata, access_token: str, *, subject: str) -> dict[str, Any]:
    """Ask for the claims that an ID token may leave out. Raises BadClaim when they are about someone else."""
    status, answer = await ask("GET", metadata.userinfo_endpoint, purpose="claims", bearer=access_token)
    if status != 200:
        raise ProviderRefused(f"userinfo: HTTP {status}")
    if answer.get("sub") != subject:
        raise BadClaim("userinfo_sub")
    return answer
