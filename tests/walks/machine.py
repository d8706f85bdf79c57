"""A body's machine that calls the portal: it signs its assertions with the key that the town has for it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from portal.platform.access.client import ASSERTION_TYPE
from sandbox.corrections.calling import SCOPE
from sandbox.machines import assertion

from .somebody import Somebody

BODY = "ahovoks"


async def asks_for_a_token(who: Somebody, scope: str = SCOPE) -> Mapping[str, str]:
    """Give the form with which the machine asks for a token: each assertion is good once."""
    keys = Path(who.house.environment["SANDBOX_MACHINE_KEYS"])
    key = load_pem_private_key((keys / f"{BODY}.key").read_bytes(), None)
    assert isinstance(key, RSAPrivateKey)
    return {
        "grant_type": "client_credentials",
        "scope": scope,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion(BODY, key, who.house.portal, datetime.now(UTC)),
    }


async def token(who: Somebody, scope: str = SCOPE) -> str:
    """Get a token."""
    answer = await who.asks("POST", "/machine/token", data=dict(await asks_for_a_token(who, scope)))
    return str(json.loads(answer.content)["access_token"])
