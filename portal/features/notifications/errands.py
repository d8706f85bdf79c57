"""What the worker must know of a notice to mail about it: which service, sealed so that it can open that and no more.

It is sealed with the installation's key of mail keys, not with the citizen's: who sends a notice cannot tell by the
time whether its citizen has keys.
"""

from uuid import UUID

import msgspec

from portal.platform.keys import service
from portal.platform.keys.errors import CannotOpen

from .types import EboxNews


class DocumentErrand(msgspec.Struct, frozen=True):
    """What the worker must know to mail about a document of the eBox: what happened, and its sender in Dutch.

    sender: "" where the name is not known.
    """

    news: EboxNews
    sender: str


_document = msgspec.json.Decoder(DocumentErrand)


async def seal(product: str, citizen_id: UUID, notice_id: UUID) -> str:
    """Seal the number of a service (IPDC), bound to the citizen and the notice."""
    return await service.installed().wrap(service.MAIL, product.encode(), _binding(citizen_id, notice_id))


async def unseal(text: str, citizen_id: UUID, notice_id: UUID) -> str:
    """Open what `seal` made. Raise CannotOpen, or KeyFileBehind."""
    return (await service.installed().unwrap(service.MAIL, text, _binding(citizen_id, notice_id))).decode()


async def seal_document(errand: DocumentErrand, citizen_id: UUID, notice_id: UUID) -> str:
    """Seal what a mail about a document needs, bound as `seal` binds."""
    return await seal(msgspec.json.encode(errand).decode(), citizen_id, notice_id)


async def unseal_document(text: str, citizen_id: UUID, notice_id: UUID) -> DocumentErrand:
    """Open what `seal_document` made. Raise CannotOpen, or KeyFileBehind."""
    try:
        return _document.decode(await unseal(text, citizen_id, notice_id))
    except msgspec.DecodeError:
        raise CannotOpen("An errand about a document.") from None


def _binding(citizen_id: UUID, notice_id: UUID) -> bytes:
    return b"notifications_delivery\0" + citizen_id.bytes + notice_id.bytes
