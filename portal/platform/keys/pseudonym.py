"""The name under which a citizen is known in the database: the national number, keyed and hashed."""

from uuid import UUID

from . import service
from .boxes import Box


async def citizen_id(insz: str) -> UUID:
    """Make the pseudonym of a national number: 128 bits of an HMAC, the same for ever.

    insz: eleven digits. Nobody without the key can find the number back, or the pseudonym of a number.
    """
    return UUID(bytes=(await service.installed().mac(service.PSEUDONYM, b"insz\0" + insz.encode()))[:16])


async def mark(citizen_id: UUID, purpose: bytes, value: bytes) -> bytes:
    """Hash a value so that it is recognised, for one citizen and one purpose, and never read back: 32 bytes."""
    return await service.installed().mac(service.PSEUDONYM, b"\0".join((b"mark", purpose, citizen_id.bytes, value)))


async def passing_box(citizen_id: UUID, purpose: bytes) -> Box:
    """Return a box for what is kept for hours only, in unlogged tables. It needs no keys of the citizen."""
    key = await service.installed().mac(service.PSEUDONYM, b"\0".join((b"box", purpose, citizen_id.bytes)))
    return Box(key, citizen_id.bytes)
