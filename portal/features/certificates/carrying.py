"""How a page carries a document that it hands over, so that nobody keeps it (decision 0050).

The page holds it in hidden fields, one for each piece, and last a seal over all pieces that only the session can
open. A form sends it back, to be shown or saved under its name; a document that was changed meanwhile is refused.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from portal.platform.access import carried
from portal.platform.access.types import Session

from .types import LARGEST

PURPOSE = b"a document that is handed over"
PIECE = "stuk"
SEAL = "zegel"
HOW = "wijze"
FORM = "geheel"  # the id of the form that sends it back, which comes behind the pieces in the page
# Bytes of a piece that are written at once: a multiple of three, so that the parts join into one text in base64.
AT_ONCE = 48 * 1024
# Fields of a form that are read: the pieces of a ZIP, its seal and HOW are fewer.
MOST_FIELDS = 64
# Bytes of a form that sends a document back: four characters for three bytes, and the names of fields.
MOST = LARGEST * 4 // 3 + 256 * 1024


class DocumentLabel(msgspec.Struct, frozen=True):
    """What is sealed with a document: its name, its media type, and the SHA-256 of its bytes in hexadecimal."""

    name: str
    media_type: str
    digest: str


class ReturnedDocument(NamedTuple):
    """A document that came back as it was handed over.

    how: the value of the button, unchecked: "tonen" to show it; with any other it is saved.
    """

    content: bytes
    label: DocumentLabel
    how: str


class PageCarrier:
    """Writes one document into a page, piece by piece; holds no more of it than the piece that is being written."""

    def __init__(self, session: Session) -> None:
        self.size = 0
        self._session = session
        self._digest = hashlib.sha256()

    def piece(self, content: bytes) -> Iterator[str]:
        """Write the hidden field of the next piece, in parts that can be sent one by one."""
        self.size += len(content)
        yield f'<input type="hidden" form="{FORM}" name="{PIECE}" value="'
        for at in range(0, len(content), AT_ONCE):
            part = content[at : at + AT_ONCE]
            self._digest.update(part)
            yield base64.urlsafe_b64encode(part).decode().rstrip("=")
        yield '">\n'

    def seal(self, name: str, media_type: str) -> str:
        """Seal the digest of all pieces, with the name that the file will have and its media type."""
        return carried.seal(self._session, PURPOSE, DocumentLabel(name, media_type, self._digest.hexdigest()))


def document_sent_back(session: Session, form: bytes) -> ReturnedDocument | None:
    """Read a form that sends a document back; None for one that this session did not hand over.

    form: as a browser writes it (application/x-www-form-urlencoded); none of the fields needs an escape.
    """
    pieces: list[bytes] = []
    others: dict[bytes, bytes] = {}
    try:
        for field in form.split(b"&", MOST_FIELDS):
            name, _, value = field.partition(b"=")
            if name == PIECE.encode():
                pieces.append(base64.b64decode(value + b"=" * (-len(value) % 4), altchars=b"-_", validate=True))
            else:
                others[name] = value
    except binascii.Error:
        return None
    seal = others.get(SEAL.encode(), b"").decode("ascii", "replace")
    label = carried.unseal(DocumentLabel, session, PURPOSE, seal)
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    if label is None or not hmac.compare_digest(digest.hexdigest(), label.digest):
        return None
    return ReturnedDocument(b"".join(pieces), label, others.get(HOW.encode(), b"").decode("ascii", "replace"))
