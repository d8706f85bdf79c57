"""Check a token of the portal: signed by a key that it publishes, for this source, about this person, not expired."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import jwt
from jwt import PyJWKSet

ALGORITHMS = ["RS256"]
PATH = "/api/jwks.json"
LONGEST_S = 60  # from iat to exp
LEEWAY_S = 30  # for clocks that differ
AGAIN_S = 5.0  # after which an unknown `kid` has the keys read again, and not before
OLD_S = 300.0  # after which they are read anew in any case: a key that was taken out may be a stolen one
PATIENCE_S = 3.0  # for reading them


class NotAuthentic(Exception):
    """The token is not valid; the text says why, and quotes nothing of the token."""


class AboutAnother(Exception):
    """The token is about another person than the address."""


@dataclass
class PortalKeys:
    """Hold the keys that a portal publishes, by `kid`, as last read; `origin` is the portal's."""

    origin: str
    keys: dict[str, Any] = field(default_factory=dict)
    read_at: float = -AGAIN_S
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def key_of(self, name: str) -> Any:
        """Give the key with this `kid`, after reading the keys again where that is due. Raises NotAuthentic."""
        async with self._reading:
            now = asyncio.get_running_loop().time()
            age = now - self.read_at
            if age >= OLD_S or (name not in self.keys and age >= AGAIN_S):
                self.keys, self.read_at = await self._read(), now
        if name not in self.keys:
            raise NotAuthentic("the key of the token is not published")
        return self.keys[name]

    async def _read(self) -> dict[str, Any]:
        timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.get(self.origin + PATH, allow_redirects=False) as answer,
            ):
                key_set = PyJWKSet.from_json((await answer.read()).decode())
        except (aiohttp.ClientError, OSError, ValueError, jwt.PyJWTError) as error:
            raise NotAuthentic(f"the keys of the portal cannot be read: {type(error).__name__}") from error
        return {str(each.key_id): each.key for each in key_set.keys}


async def check(keys: PortalKeys, header: str, audience: str, number: str, now: float) -> None:
    """Check the Authorization header of a question about the person with this national number.

    `now` is in seconds since 1970. Raises NotAuthentic, or AboutAnother for a valid token about somebody else.
    """
    if await person_of(keys, header, audience, now) != number:
        raise AboutAnother


async def person_of(keys: PortalKeys, header: str, audience: str, now: float) -> str:
    """Check the Authorization header of a question, and give the national number that its token is about.

    `now` in seconds since 1970. Raises NotAuthentic.
    """
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        raise NotAuthentic("there is no Bearer token")
    try:
        name = str(jwt.get_unverified_header(token).get("kid", ""))
        # The library checks times by the machine's clock, and the town's may differ: they are checked below.
        options: Any = {
            "verify_exp": False,
            "verify_iat": False,
            "require": ["iss", "aud", "iat", "exp", "rrn", "jti"],
        }
        claims = jwt.decode(
            token,
            await keys.key_of(name),
            algorithms=ALGORITHMS,
            audience=audience,
            issuer=keys.origin,
            options=options,
        )
    except jwt.PyJWTError as error:
        raise NotAuthentic(f"the token is refused: {type(error).__name__}") from error
    begin, end = claims["iat"], claims["exp"]
    if not isinstance(begin, int) or not isinstance(end, int) or not 0 < end - begin <= LONGEST_S:
        raise NotAuthentic("the token lives too long")
    if not begin - LEEWAY_S <= now < end + LEEWAY_S:
        raise NotAuthentic("the token is of another time")
    return str(claims["rrn"])
