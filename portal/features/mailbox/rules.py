"""What is decided about the link without asking anybody."""

from datetime import UTC, datetime

# The text that people agree to: a file in templates/mailbox/consent. A text to which somebody agreed never changes; a
# new one gets a new name.
CONSENT = "ebox-1"


def binding(consent: str, since: datetime) -> bytes:
    """Name what is sealed in a row of `mailbox_link`: the yes to this text at this moment."""
    return b"mailbox_link\0" + consent.encode() + b"\0" + since.astimezone(UTC).isoformat().encode()
