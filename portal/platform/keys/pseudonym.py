"""The name under which a citizen is known in the database: the national number, keyed and hashed."""

from uuid import UUID

from . import service


async def citizen_id(insz: str) -> UUID:
    """Make the pseudonym of a national number: 128 bits of an HMAC, the same for ever.

    insz: eleven digits. Nobody without the key can find the number back, or the pseudonym of a number.
    """
    return UUID(bytes=(await service.installed().mac(service.PSEUDONYM, b"insz\0" + insz.encode()))[:16])
