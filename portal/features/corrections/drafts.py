"""What waits in the citizen's own page, sealed: what they saw, and the report they checked.

So a report is about what was on their screen, wherever that stands in a later answer, and what is sent is what was
checked. It opens in the session that made it, for the form and dataset that it was made for, and nowhere else.
"""

import base64
import binascii
from uuid import UUID

import msgspec

from portal.platform.access.types import Session
from portal.platform.keys.boxes import Box
from portal.platform.keys.errors import CannotOpen
from portal.platform.sources.catalogue import Entry

from . import rules
from .types import Report, Seen

LARGEST = 64 * 1024  # characters


def seal(session: Session, entry: Entry, form_key: UUID, content: Seen | Report) -> str:
    """Seal what somebody saw or checked, as text for a hidden field."""
    bound = rules.bound_draft(type(content), session, entry, form_key)
    return base64.b64encode(_box(session).seal(msgspec.json.encode(content), bound)).decode()


def unseal[T: (Seen, Report)](kind: type[T], session: Session, entry: Entry, form_key: UUID, sealed: str) -> T | None:
    """Open what `seal` made; None when it was changed, or is another kind, or of another session, form or dataset."""
    if not 0 < len(sealed) <= LARGEST:
        return None
    try:
        closed = base64.b64decode(sealed, validate=True)
        opened = _box(session).open(closed, rules.bound_draft(kind, session, entry, form_key))
        return msgspec.json.decode(opened, type=kind)
    except (binascii.Error, ValueError, CannotOpen, msgspec.DecodeError):
        return None


def _box(session: Session) -> Box:
    return Box(session.seal_key, session.citizen_id.bytes)
