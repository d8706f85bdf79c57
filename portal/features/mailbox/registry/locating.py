"""Where a message stands in addresses: its provider and its id, sealed for the session; no I/O.

An id is the provider's and may hold anything, and addresses stay in histories and logs: so what stands there says
nothing, to anybody but the session that it was written for.
"""

from datetime import datetime

from portal.platform.access import carried
from portal.platform.access.types import Session
from portal.platform.kit.unprinted import Unprinted

from ..types import EboxMessage, key_of

PURPOSE = b"a message of the mailbox"
# Of a token in an address. An address may have 8192 bytes; an id that needs more has no page, and no place in a list.
LONGEST = 4096


class MessagePlace(Unprinted, frozen=True, omit_defaults=True):
    """Which message is meant: the id of its provider, and its own there.

    received_at, expires_at: UTC, as the page said that names it; None where nobody said.
    """

    provider: str
    id: str
    received_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def key(self) -> str:
        """Name it among the messages of all providers."""
        return key_of(self.provider, self.id)


def token_of(session: Session, provider: str, message_id: str) -> str:
    """Write which message is meant, for an address; "" for one whose id is too long to stand in any."""
    return _token(session, MessagePlace(provider, message_id))


def token_of_message(session: Session, message: EboxMessage) -> str:
    """Write the same of a message that was just read, with when it came and until when it stays."""
    return _token(session, MessagePlace(message.provider, message.id, message.received_at, message.expires_at))


def locate(session: Session, token: str) -> MessagePlace | None:
    """Read what `token_of` wrote in this session; None for anything else."""
    return carried.unseal(MessagePlace, session, PURPOSE, token) if len(token) <= LONGEST else None


def _token(session: Session, place: MessagePlace) -> str:
    if not 0 < len(place.id) <= LONGEST:
        return ""
    token = carried.seal(session, PURPOSE, place)
    return token if len(token) <= LONGEST else ""
