"""Write a message into addresses and forms as a token that only the same session can read. No I/O.

Ids of messages may hold anything, a name or a national number too, and addresses stay in histories and logs.
"""

from datetime import datetime

from portal.platform.access import carried
from portal.platform.access.types import Session
from portal.platform.kit.unprinted import Unprinted

from ..types import EboxMessage, key_of

PURPOSE = b"a message of the mailbox"
# Characters of a token. An address may have 8192 bytes; a message whose id needs more has no page of its own.
LONGEST = 4096


class MessagePlace(Unprinted, frozen=True, omit_defaults=True):
    """What a token holds of a message: its provider's id, and its own id there.

    received_at, expires_at: UTC, as they were when the token was written; None for a token without them.
    expires_at is None too for a message that does not expire, or whose moment cannot be used.
    """

    provider: str
    id: str
    received_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def key(self) -> str:
        """The key of the message among those of all providers."""
        return key_of(self.provider, self.id)


def token_of(session: Session, provider: str, message_id: str) -> str:
    """Write the token of a message by its ids; "" where its own id is empty, or too long for an address."""
    return _token(session, MessagePlace(provider, message_id))


def token_of_message(session: Session, message: EboxMessage) -> str:
    """Write the token of a message that was just read, with its moments; "" as in `token_of`."""
    return _token(session, MessagePlace(message.provider, message.id, message.received_at, message.expires_at))


def locate(session: Session, token: str) -> MessagePlace | None:
    """Read a token that was written in this session; None for anything else."""
    return carried.unseal(MessagePlace, session, PURPOSE, token) if len(token) <= LONGEST else None


def _token(session: Session, place: MessagePlace) -> str:
    if not 0 < len(place.id) <= LONGEST:
        return ""
    token = carried.seal(session, PURPOSE, place)
    return token if len(token) <= LONGEST else ""
