"""Keyed marks of boxes, documents and events: no table says whose box is whose. For the worker."""

from uuid import UUID

from portal.platform.keys import service

from ..master_keys import EBOX
from .reading import EboxEvent, EventKind


async def of_box(number: str) -> bytes:
    """Mark a box, by the number of whose it is: 32 bytes."""
    return await _mark(b"box", number)


async def of_document(event: EboxEvent) -> UUID:
    """Mark the document of an event, as `of_message` does."""
    return await of_message(event.box, event.provider, event.message)


async def of_message(number: str, provider: str, message: str) -> UUID:
    """Mark a document of a box, the same for all that happens to it: what its notices stand under.

    number: of whose box it is. provider, message: its provider's id, and its own there.
    """
    return UUID(bytes=(await _mark(b"document", number, provider, message))[:16])


async def of_event(event: EboxEvent, kind: EventKind) -> bytes:
    """Mark that something happened to a document as it was received at one moment: 32 bytes.

    The number of the event and its correlation id do not count: the same thing told anew is the same. A document that
    its sender put there again, with another moment, is another.
    """
    return await _mark(b"event", event.box, event.provider, event.message, event.received, kind.value)


async def of_proof(written: bytes) -> bytes:
    """Mark an event as it was written, by which a service shows that it still counts as it did: 32 bytes."""
    return await service.installed().mac(EBOX, b"ebox proof\0" + written)


async def _mark(kind: bytes, *parts: str) -> bytes:
    # Each part with its length, since an id may hold anything.
    written = b"".join(f"{len(part)}:".encode() + part.encode("utf-8", "surrogatepass") for part in parts)
    return await service.installed().mac(EBOX, b"ebox " + kind + b"\0" + written)
