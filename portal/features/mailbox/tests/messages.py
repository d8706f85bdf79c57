"""Messages and pages as tests make them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from portal.features.mailbox.types import EboxMessage, MessagePage

NOW = datetime(2026, 11, 30, 10, tzinfo=UTC)


def message(provider: str, id_: str, *, hours: float = 1, **more: object) -> EboxMessage:
    """Make a message that a provider received so many hours before now."""
    fields: dict[str, object] = {
        "subjects": {"nl": f"Brief {id_}"},
        "received_at": NOW - timedelta(hours=hours),
        "expires_at": NOW + timedelta(days=365),
        "is_read": False,
        "is_registered": False,
        "type_id": "tax",
        "sender": "0308357159",
        **more,
    }
    return EboxMessage(provider=provider, id=id_, **fields)  # type: ignore[arg-type]  # any field of a message


def page(messages: Iterable[EboxMessage], **more: object) -> MessagePage:
    """Make a page of them."""
    return MessagePage(tuple(messages), **more)  # type: ignore[arg-type]  # any field of a page
