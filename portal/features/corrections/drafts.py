"""A report that waits in the citizen's own page for their last word, sealed: what is sent is what was checked.

It opens in the session that made it, for the form and dataset that it was made for, and nowhere else.
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
from .types import Report

LARGEST = 64 * 1024  # characters


def seal(session: Session, entry: Entry, form_key: UUID, report: Report) -> str:
    """Seal a report, as text for a hidden field."""
    bound = rules.bound_draft(session, entry, form_key)
    return base64.b64encode(_box(session).seal(msgspec.json.encode(report), bound)).decode()


def open_draft(session: Session, entry: Entry, form_key: UUID, draft: str) -> Report | None:
    """Open what `seal` made; None when it was changed, or is of another session, form or dataset."""
    if not 0 < len(draft) <= LARGEST:
        return None
    try:
        sealed = base64.b64decode(draft, validate=True)
        opened = _box(session).open(sealed, rules.bound_draft(session, entry, form_key))
        return msgspec.json.decode(opened, type=Report)
    except (binascii.Error, ValueError, CannotOpen, msgspec.DecodeError):
        return None


def _box(session: Session) -> Box:
    return Box(session.seal_key, session.citizen_id.bytes)
