"""A sign-in under way. The server keeps nothing: all of it is derived from a secret in a cookie of the browser.

Each has a cookie of its own, so that several tabs do not undo one another; the newest five are kept (decision 0004).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from portal.platform.keys import pseudonym

from . import derivation, return_path
from .cookies import PENDING, PENDING_SECONDS, pending_names
from .derivation import is_same

MOST = 5  # sign-ins under way in one browser: five cookies of 0.8 kB fit in a header
LIFE = timedelta(seconds=PENDING_SECONDS)
ORDINARY, ANEW = "g", "a"  # how the sign-in began, in the cookie
DESTINATION = "d"  # marks the cookie of a finished sign-in, which holds where it led
_MAC = b"sign-in under way\0"
_STATE_IN_NAME = 8  # characters of the state in the cookie's name


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in that a browser started: its secret (32 bytes), the page to come back to, and when it began.

    is_anew: the provider must authenticate the citizen again, even if it still has a session. Such a sign-in derives
    another state, nonce and verifier from its secret, so that it cannot pass for an ordinary one, nor the reverse.
    """

    secret: bytes = field(repr=False)
    path: str
    begun_at: datetime
    is_anew: bool = False

    @property
    def state(self) -> str:
        """Give the `state` by which the provider's answer is recognised as this sign-in's."""
        return derivation.derive_text(self._root, derivation.SIGN_IN_STATE)

    @property
    def nonce(self) -> str:
        """Give the `nonce` by which the ID token is recognised as this sign-in's."""
        return derivation.derive_text(self._root, derivation.SIGN_IN_NONCE)

    @property
    def code_verifier(self) -> str:
        """Give the verifier that proves that whoever redeems the code is who asked for it (PKCE)."""
        return derivation.derive_text(self._root, derivation.SIGN_IN_VERIFIER)

    @property
    def code_challenge(self) -> str:
        """Give the hash of the verifier, which the provider may know (S256)."""
        return derivation.encode(sha256(self.code_verifier.encode("ascii")).digest())

    @property
    def mark(self) -> bytes:
        """Give the 32 bytes that identify this sign-in's return in our database (`once`), and reveal nothing."""
        return derivation.derive(self._root, derivation.SIGN_IN_RETURN)

    @property
    def answer_key(self) -> bytes:
        """Give the key that seals the answer to the return for whoever holds the secret: 32 bytes."""
        return derivation.derive(self._root, derivation.SIGN_IN_ANSWER)

    @property
    def cookie_name(self) -> str:
        """Name its cookie after its state, by which a return finds it."""
        return _name_of(self.state)

    @property
    def _root(self) -> bytes:
        return derivation.derive(self.secret, derivation.SIGN_IN_ANEW) if self.is_anew else self.secret


def begin(path: str | None, *, now: datetime, is_anew: bool = False) -> Pending:
    """Begin a sign-in that leads to a page of ours. now: UTC."""
    moment = datetime.fromtimestamp(int(now.timestamp() * 1000) / 1000, UTC)
    return Pending(derivation.new_secret(), return_path.safe_path(path), moment, is_anew)


async def cookie_value(pending: Pending) -> str:
    """Write the cookie's value: when and how the sign-in began, the secret, the path, and a MAC over them."""
    how = ANEW if pending.is_anew else ORDINARY
    path = derivation.encode(pending.path.encode("ascii"))
    plain = f"{_milliseconds(pending.begun_at)}.{how}.{derivation.encode(pending.secret)}.{path}"
    return f"{plain}.{await _mac(plain)}"


async def read(cookies: Mapping[str, str], state: str, *, now: datetime) -> Pending | None:
    """Find the sign-in that a return with this state belongs to; None when this browser began none, or long ago."""
    parts = cookies.get(_name_of(state), "").split(".")
    if len(parts) != 5 or not is_same(parts[4], await _mac(".".join(parts[:4]))):
        return None
    begun_at = datetime.fromtimestamp(int(parts[0]) / 1000, UTC)
    secret = derivation.read_secret(parts[2])
    if secret is None or now - begun_at > LIFE:
        return None
    path = return_path.safe_path(derivation.decode_text(parts[3]))
    pending = Pending(secret, path, begun_at, is_anew=parts[1] == ANEW)
    return pending if is_same(state, pending.state) else None


def write_destination(pending: Pending) -> str:
    """Write the cookie's value for a sign-in that is finished: when it began and where it led, nothing secret."""
    return f"{_milliseconds(pending.begun_at)}.{DESTINATION}.{derivation.encode(pending.path.encode('ascii'))}"


def destination_of(cookies: Mapping[str, str], state: str) -> str | None:
    """Find where a return led that this browser made a moment ago; None when it made none."""
    parts = cookies.get(_name_of(state), "").split(".")
    if len(parts) != 3 or parts[1] != DESTINATION:
        return None
    return return_path.safe_path(derivation.decode_text(parts[2]))


def superfluous(cookies: Mapping[str, str]) -> list[str]:
    """Name the cookies that must go, the oldest, so that one more sign-in can begin."""
    return sorted(pending_names(cookies), key=lambda name: _began(cookies[name]), reverse=True)[MOST - 1 :]


def _began(cookie: str) -> int:
    began = cookie.partition(".")[0]
    return int(began) if began.isascii() and began.isdecimal() and len(began) < 16 else 0


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _name_of(state: str) -> str:
    return PENDING + state[:_STATE_IN_NAME]


async def _mac(plain: str) -> str:
    """Authenticate with a server key, so that the browser's user cannot forge when and how the sign-in began."""
    written_down = plain.encode("utf-8", "replace")
    return derivation.encode(await pseudonym.mac(_MAC + written_down))
