"""Sealed values that pages and addresses carry (decision 0012): only their own session or citizen can have them
opened, and nobody can change them.

The server keeps no copy. A value opens only for the purpose it was sealed for, and only in the session that sealed it
(`seal`) or in any session of its citizen (`seal_for_citizen`, for what a form is about: that must outlive the session
in which the form was opened).
"""

import base64
import binascii

import msgspec

from portal.platform.keys import pseudonym
from portal.platform.keys.boxes import Box
from portal.platform.keys.errors import CannotOpen

from .types import Session

LARGEST = 64 * 1024  # characters
CARRIED = b"carried"


def seal(session: Session, purpose: bytes, content: object) -> str:
    """Seal something that JSON can hold, as base64url for a hidden field or an address. purpose: a name of ours."""
    return _write(_box(session).seal(msgspec.json.encode(content), _binding(session, purpose)))


def unseal[T](kind: type[T], session: Session, purpose: bytes, text: str) -> T | None:
    """Open what `seal` made; None when it was changed, or is of another session or purpose."""
    return _open(kind, _box(session), _binding(session, purpose), text)


async def seal_for_citizen(session: Session, purpose: bytes, content: object) -> str:
    """Seal something that JSON can hold, so that it opens in every session of this session's citizen."""
    box = await pseudonym.passing_box(session.citizen_id, CARRIED)
    return _write(box.seal(msgspec.json.encode(content), purpose))


async def unseal_for_citizen[T](kind: type[T], session: Session, purpose: bytes, text: str) -> T | None:
    """Open what `seal_for_citizen` made; None when it was changed, or is of another citizen or purpose."""
    return _open(kind, await pseudonym.passing_box(session.citizen_id, CARRIED), purpose, text)


def _write(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _open[T](kind: type[T], box: Box, bound: bytes, text: str) -> T | None:
    if not 0 < len(text) <= LARGEST:
        return None
    try:
        sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(box.open(sealed, bound), type=kind)
    except (binascii.Error, ValueError, CannotOpen, msgspec.DecodeError):
        return None


def _binding(session: Session, purpose: bytes) -> bytes:
    return b"carried\0" + session.id + b"\0" + purpose


def _box(session: Session) -> Box:
    return Box(session.seal_key, session.citizen_id.bytes)
