"""What the worker must know of a notice to mail about it: which service, sealed so that it can open that and no more.

It is sealed with the installation's key of mail keys, not with the citizen's: who sends a notice cannot tell by the
time whether its citizen has keys.
"""

from uuid import UUID

from portal.platform.keys import service


async def sealed(product: str, citizen_id: UUID, notice_id: UUID) -> str:
    """Seal the number of a service (IPDC), bound to the citizen and the notice."""
    return await service.installed().wrap(service.MAIL, product.encode(), _bound(citizen_id, notice_id))


async def opened(text: str, citizen_id: UUID, notice_id: UUID) -> str:
    """Open what `sealed` made. Raise CannotOpen, or KeyFileBehind."""
    return (await service.installed().unwrap(service.MAIL, text, _bound(citizen_id, notice_id))).decode()


def _bound(citizen_id: UUID, notice_id: UUID) -> bytes:
    return b"notifications_delivery\0" + citizen_id.bytes + notice_id.bytes
