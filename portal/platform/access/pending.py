"""A sign-in under way. The server keeps nothing: all of it is derived from a secret in the browser's cookie."""

from dataclasses import dataclass, field
from hashlib import sha256

from . import derivation, return_path

ANEW = "a"


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in that a browser started: its secret (32 bytes), the page to come back to, and whether it is anew.

    Anew: the provider is to ask who they are again, although it may know them still.
    """

    secret: bytes = field(repr=False)
    path: str
    is_anew: bool = False

    @property
    def state(self) -> str:
        """Recognise the provider's answer as this sign-in's."""
        return derivation.derive_text(self.secret, derivation.SIGN_IN_STATE)

    @property
    def nonce(self) -> str:
        """Recognise the ID token as this sign-in's."""
        return derivation.derive_text(self.secret, derivation.SIGN_IN_NONCE)

    @property
    def code_verifier(self) -> str:
        """Prove that whoever redeems the code is who asked for it (PKCE)."""
        return derivation.derive_text(self.secret, derivation.SIGN_IN_VERIFIER)

    @property
    def code_challenge(self) -> str:
        """What the provider may know of the verifier (S256)."""
        return derivation.encode(sha256(self.code_verifier.encode("ascii")).digest())

    @property
    def cookie(self) -> str:
        """Write the cookie's value: the secret and the path, both as base64url, and a mark when it is anew."""
        mark = f".{ANEW}" if self.is_anew else ""
        return f"{derivation.encode(self.secret)}.{derivation.encode(self.path.encode('ascii'))}{mark}"


def begin(path: str | None, *, is_anew: bool = False) -> Pending:
    """Begin a sign-in that leads to a page of ours."""
    return Pending(derivation.new_secret(), return_path.checked(path), is_anew)


def read(cookie: str | None) -> Pending | None:
    """Read a sign-in back from its cookie; None when there is none or it is not what we wrote."""
    written, dot, rest = (cookie or "").partition(".")
    path, _, mark = rest.partition(".")
    secret = derivation.read_secret(written)
    if secret is None or not dot or len(path) > 2 * return_path.LONGEST:
        return None
    return Pending(secret, return_path.checked(derivation.decode_text(path)), mark == ANEW)
