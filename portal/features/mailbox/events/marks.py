"""Marks of boxes, documents and events: keyed hashes, so that no table tells whose box is whose. For the worker."""

from uuid import UUID

from portal.platform.keys import service

from ..master_keys import EBOX
from .reading import EboxEvent, EventKind


async def of_box(national_number: str) -> bytes:
    """Give the mark of a box, by its citizen's number: 32 bytes."""
    return await _mark(b"box", national_number)


async def of_document(event: EboxEvent) -> UUID:
    """Give the mark of the document of an event; see `of_message`."""
    return await of_message(event.box, event.provider, event.message)


async def of_message(national_number: str, provider: str, message: str) -> UUID:
    """Give the mark of a document, which is the thread of its notices.

    national_number: of the citizen whose box holds it. provider, message: ids of its provider, and of it there.
    """
    return UUID(bytes=(await _mark(b"document", national_number, provider, message))[:16])


async def of_event(event: EboxEvent, kind: EventKind) -> bytes:
    """Give the mark of an event of this kind, of the event's document as received at one moment: 32 bytes.

    The sequence number does not count, so an event that the service sends again has the same mark. A document that
    its sender sends again, received at another moment, has another.
    """
    return await _mark(b"event", event.box, event.provider, event.message, event.received, kind.value)


async def of_proof(written: bytes) -> bytes:
    """Give the mark of an event's identity (`EventLine.written`): 32 bytes.

    Kept of the last event, it shows whether the service still numbers its events as before.
    """
    return await service.installed().mac(EBOX, b"ebox proof\0" + written)


async def _mark(kind: bytes, *parts: str) -> bytes:
    # Each part has its length before it, since an id may hold any character, a separator too.
    written = b"".join(f"{len(part)}:".encode() + part.encode("utf-8", "surrogatepass") for part in parts)
    return await service.installed().mac(EBOX, b"ebox " + kind + b"\0" + written)
