"""The text of consent to the link, and what the sealed row of a link is bound to. No I/O."""

from datetime import UTC, datetime

# The text that citizens agree to: a file of this name in templates/mailbox/consent. It never changes once somebody
# agreed to it; another text gets another name.
CONSENT = "ebox-1"


def binding(consent: str, since: datetime) -> bytes:
    """Give the associated data of a sealed row of `mailbox_link`: the name of the text, and when it was agreed to."""
    return b"mailbox_link\0" + consent.encode() + b"\0" + since.astimezone(UTC).isoformat().encode()
