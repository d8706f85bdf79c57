"""Seal what the worker must know to mail about a notice: the service, or the sender of a document; never the content.

It is sealed with the installation's mail key and not with the citizen's own: so receiving a notice takes the same
time whether its citizen has keys or not, and tells its sender nothing.
"""

from uuid import UUID

import msgspec

from portal.platform.keys import service
from portal.platform.keys.errors import CannotOpen

from .types import EboxNews


class DocumentErrand(msgspec.Struct, frozen=True):
    """What the worker must know to mail about a document of the eBox.

    news: what happened to it. sender: the name of its sender, in Dutch where there is one; "" for no name.
    """

    news: EboxNews
    sender: str


_document = msgspec.json.Decoder(DocumentErrand)


async def seal(product: str, citizen_id: UUID, notice_id: UUID) -> str:
    """Seal the number of a service (IPDC); the result is bound to the citizen and the notice."""
    return await service.installed().wrap(service.MAIL, product.encode(), _binding(citizen_id, notice_id))


async def unseal(text: str, citizen_id: UUID, notice_id: UUID) -> str:
    """Decrypt what `seal` gave. Raise CannotOpen, or KeyFileBehind where this process has an older key file."""
    return (await service.installed().unwrap(service.MAIL, text, _binding(citizen_id, notice_id))).decode()


async def seal_document(errand: DocumentErrand, citizen_id: UUID, notice_id: UUID) -> str:
    """Seal the errand of a mail about a document; the result is bound to the citizen and the notice."""
    return await seal(msgspec.json.encode(errand).decode(), citizen_id, notice_id)


async def unseal_document(text: str, citizen_id: UUID, notice_id: UUID) -> DocumentErrand:
    """Decrypt what `seal_document` gave. Raise CannotOpen, or KeyFileBehind."""
    try:
        return _document.decode(await unseal(text, citizen_id, notice_id))
    except msgspec.DecodeError:
        raise CannotOpen("An errand about a document.") from None


def _binding(citizen_id: UUID, notice_id: UUID) -> bytes:
    return b"notifications_delivery\0" + citizen_id.bytes + notice_id.bytes
