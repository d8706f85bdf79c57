"""A file on its way from a provider to who opens it, with its digest taken in passing; no I/O of its own.

The newest bytes are held back until the digest of all is known: a file that is another than its sender announced is
broken off before its end, and never saved as a whole one.
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
    """The bytes of a file are others than those that its digest was made of."""

    code = "wrong_digest"


def digest_in(text: str) -> bytes | None:
    """Read a SHA-256 as a provider writes it: base64url, or what others take for that; None where it is none."""
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
    """Hand on the chunks of a file, the newest one only when the next is there, and the last if all of it is right.

    digest: as its provider gave it; where that is none (`digest_in`), there is nothing to compare with. Raise
    WrongDigest.
    """
    taken = hashlib.sha256()
    held = b""
    async for chunk in chunks:
        if not chunk:
            continue
        if held:
            yield held
        taken.update(chunk)
        held = chunk
    wanted = digest_in(digest)
    if wanted is not None and not hmac.compare_digest(taken.digest(), wanted):
        raise WrongDigest
    if held:
        yield held


async def beginning(chunks: AsyncIterator[bytes], most: int) -> tuple[list[bytes], bool]:
    """Take chunks until there are so many bytes; tell whether these are all of it."""
    taken, size = list[bytes](), 0
    async for chunk in chunks:
        taken.append(chunk)
        size += len(chunk)
        if size >= most:
            return taken, False
    return taken, True
