"""Keep the last mails, and parse them to be shown."""

import email
import email.policy
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage

import msgspec

MOST_BYTES = 16_000_000


class Mail(msgspec.Struct, frozen=True):
    """Hold one mail: its number, the SMTP envelope, and the bytes as they came."""

    number: int
    received_at: datetime
    sender: str
    recipients: tuple[str, ...]
    content: bytes

    def read(self) -> EmailMessage:
        """Parse the bytes; errors in them are among the message's `defects`."""
        return email.message_from_bytes(self.content, policy=email.policy.SMTP)

    def part(self, kind: str) -> str:
        """Give the body's text in a subtype, `plain` or `html`; empty when there is none."""
        body = self.read().get_body((kind,))
        return str(body.get_content()).replace("\r\n", "\n") if body is not None else ""


class MailParts(msgspec.Struct, frozen=True):
    """Hold a parsed mail, as pages and programs see it; `source` is the whole mail, byte for byte as Latin-1."""

    number: int
    received_at: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str
    headers: list[tuple[str, str]]
    text: str
    html: str
    source: str


def parts_of(mail: Mail) -> MailParts:
    """Parse a mail."""
    message = mail.read()
    return MailParts(
        number=mail.number,
        received_at=mail.received_at,
        sender=mail.sender,
        recipients=mail.recipients,
        subject=str(message.get("Subject", "")),
        headers=[(name, str(value)) for name, value in message.items()],
        text=mail.part("plain"),
        html=mail.part("html"),
        source=mail.content.decode("latin-1"),
    )


class Inbox:
    """Hold mails, newest last, of at most MOST_BYTES together: the oldest are dropped."""

    def __init__(self) -> None:
        self._mails: deque[Mail] = deque()
        self._bytes = 0
        self._last = 0

    @property
    def mails(self) -> Sequence[Mail]:
        """Give all mails, oldest first."""
        return tuple(self._mails)

    def take(self, sender: str, recipients: Sequence[str], content: bytes, now: float) -> Mail:
        """Add a mail; `now` is in seconds since 1970."""
        self._last += 1
        mail = Mail(self._last, datetime.fromtimestamp(now, UTC), sender, tuple(recipients), content)
        self._mails.append(mail)
        self._bytes += len(content)
        while self._bytes > MOST_BYTES:
            self._bytes -= len(self._mails.popleft().content)
        return mail

    def find(self, number: int) -> Mail | None:
        """Give the mail with this number, or None when it was dropped or never came."""
        return next((mail for mail in self._mails if mail.number == number), None)

    def clear(self) -> None:
        """Throw all away."""
        self._mails.clear()
        self._bytes = 0
