"""What a page or an address carries along for its own session, sealed: nobody else can read it, change it or use it.

Nothing is kept for it. It opens in the session that made it and for the purpose it was made for, and nowhere else.
"""

import base64
import binascii

import msgspec

from portal.platform.keys.boxes import Box
from portal.platform.keys.errors import CannotOpen

from .types import Session

LARGEST = 64 * 1024  # characters


def seal(session: Session, purpose: bytes, content: object) -> str:
    """Seal something that JSON can hold, as text for a hidden field or an address."""
    sealed = _box(session).seal(msgspec.json.encode(content), _bound(session, purpose))
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def unseal[T](kind: type[T], session: Session, purpose: bytes, text: str) -> T | None:
    """Open what `seal` made; None when it was changed, or is of another session or purpose."""
    if not 0 < len(text) <= LARGEST:
        return None
    try:
        sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(_box(session).open(sealed, _bound(session, purpose)), type=kind)
    except (binascii.Error, ValueError, CannotOpen, msgspec.DecodeError):
        return None


def _bound(session: Session, purpose: bytes) -> bytes:
    return b"carried\0" + session.id + b"\0" + purpose


def _box(session: Session) -> Box:
    return Box(session.seal_key, session.citizen_id.bytes)
