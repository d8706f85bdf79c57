"""Check the digest of a file while its chunks are passed on. No I/O of its own.

The last chunk is held back until the digest is known: a file with a wrong digest is broken off before its end, so it
is never saved as a complete one.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import AsyncIterator

from portal.platform.kit.errors import PortalError

_HEX = re.compile(r"[0-9a-fA-F]{64}")
_LONGEST = 100  # characters of a digest


class WrongDigest(PortalError):
    """The bytes of a file do not have the digest that its sender gave."""

    code = "wrong_digest"


def digest_in(text: str) -> bytes | None:
    """Decode a SHA-256 digest: base64url, or the base64 or hexadecimal that some providers send; None for others."""
    if len(text) > _LONGEST:
        return None
    if _HEX.fullmatch(text):
        return bytes.fromhex(text)
    plain = text.strip().rstrip("=").replace("+", "-").replace("/", "_")
    try:
        digest = base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return digest if len(digest) == hashlib.sha256().digest_size else None


async def check(chunks: AsyncIterator[bytes], digest: str) -> AsyncIterator[bytes]:
    """Pass on the chunks of a file, each when the next is there, and the last one if the digest is right.

    digest: as its provider gave it; where `digest_in` reads none, all chunks are passed on. Raise WrongDigest.
    """
    actual = hashlib.sha256()
    held = b""
    async for chunk in chunks:
        if not chunk:
            continue
        if held:
            yield held
        actual.update(chunk)
        held = chunk
    wanted = digest_in(digest)
    if wanted is not None and not hmac.compare_digest(actual.digest(), wanted):
        raise WrongDigest
    if held:
        yield held


async def beginning(chunks: AsyncIterator[bytes], most: int) -> tuple[list[bytes], bool]:
    """Read chunks until they have `most` bytes; return them, and whether they are the whole file."""
    held, size = list[bytes](), 0
    async for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if size >= most:
            return held, False
    return held, True
