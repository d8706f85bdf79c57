"""The name under which a citizen is known in the database: a keyed hash (HMAC) of the national number.

No other module uses that key (tests/house asserts it). Numbers go through `Pseudonyms`, many in one call, so that a
key service that limits their count can replace the key file: there are so few national numbers that a thief of the
key can try them all. From the same key come MACs and boxes for what lives for hours or days.
"""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from . import service
from .boxes import Box

_NUMBER = b"insz\0"


class Pseudonyms(Protocol):
    """Makes pseudonyms: a key service would count how many, and refuse more than a portal needs."""

    async def of(self, numbers: Sequence[str]) -> list[UUID]:
        """Make the pseudonym of each national number, in their order: 128 bits of an HMAC, the same for ever."""


class FromKeyFile:
    """Makes pseudonyms with the key in this process's own file, without a count."""

    async def of(self, numbers: Sequence[str]) -> list[UUID]:
        """Make the pseudonym of each national number, in their order."""
        keys = service.installed()
        return [UUID(bytes=(await keys.mac(service.PSEUDONYM, _NUMBER + insz.encode()))[:16]) for insz in numbers]


def installed() -> Pseudonyms:
    """Return the maker of pseudonyms of this process."""
    return FromKeyFile()


async def citizen_ids(numbers: Sequence[str]) -> list[UUID]:
    """Make the pseudonyms of national numbers (eleven digits each), in their order, with one call."""
    return await installed().of(numbers)


async def citizen_id(insz: str) -> UUID:
    """Make the pseudonym of one national number."""
    return (await citizen_ids([insz]))[0]


async def mac(message: bytes) -> bytes:
    """Authenticate a message of ours that lives for hours (a form, a cookie, a network): 32 bytes (HMAC-SHA-256).

    Raise ValueError for one that would give the pseudonym of a national number: that would bypass the count.
    """
    if message.startswith(_NUMBER):
        raise ValueError("That would be a pseudonym.")
    return await service.installed().mac(service.PSEUDONYM, message)


async def mark(citizen_id: UUID, purpose: bytes, value: bytes) -> bytes:
    """Hash a value with a key, for one citizen and one purpose, to recognise it and never read it back: 32 bytes."""
    return await mac(b"\0".join((b"mark", purpose, citizen_id.bytes, value)))


async def passing_box(citizen_id: UUID, purpose: bytes) -> Box:
    """Return a box for what is kept for hours or some days in unlogged tables. It needs no keys of the citizen."""
    return Box(await mac(b"\0".join((b"box", purpose, citizen_id.bytes))), citizen_id.bytes)
