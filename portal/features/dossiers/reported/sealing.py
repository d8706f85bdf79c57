"""How what is reported is named and sealed: by whoever takes it in, who cannot read it back."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from portal.platform.keys import arrivals, pseudonym
from portal.platform.keys.arrivals import Arrival
from portal.platform.keys.errors import CannotOpen

from .. import section
from ..types import Dossier
from .contract import Identification, Push

_encode = msgspec.json.encode
_dossier = msgspec.json.Decoder(Dossier)
_upload = msgspec.json.Decoder(tuple[Identification, str])


async def dossier_id(body: str, source: str, number: str) -> UUID:
    """Name a dossier of a body: the same whatever was said of it, and whose it is cannot be told by it."""
    return await _id(b"dossier", body, section.spell(source), number)


async def upload_id(body: str, given: str) -> UUID:
    """Name an upload of a body."""
    return await _id(b"upload", body, given)


async def content_mark(body: str, push: Push) -> bytes:
    """Hash the contents of an upload, by which the same are known again: 32 bytes."""
    return await _code(b"content", body, _encode(push).decode())


async def state_mark(body: str, product: str, state: str) -> bytes:
    """Hash a state of a body's dossiers of a product, by which they are counted and nobody reads which: 32 bytes."""
    return await _code(b"state", body, product, state)


async def seal(
    citizens: Sequence[UUID], dossier: UUID, content: Dossier, upload: tuple[Identification, str]
) -> tuple[list[arrivals.SealedArrival], bytes]:
    """Seal a dossier to each citizen, and for the installation of which dossier and upload it came."""
    said = _encode(content)
    every = [Arrival(citizen, said, binding(dossier)) for citizen in citizens]
    # Nobody has keys under the name of a dossier, so this is sealed for the installation.
    every.append(Arrival(dossier, _encode(upload), binding(dossier)))
    *for_citizens, of_upload = await arrivals.seal_all(every)
    return for_citizens, of_upload.content


async def uploads_in(rows: Sequence[tuple[UUID, bytes]]) -> list[tuple[Identification, str]]:
    """Open of which dossiers and uploads these are; raise CannotOpen."""
    found = []
    for dossier, content in rows:
        opener = await arrivals.opener(dossier, [content])
        found.append(_upload.decode(opener.open(content, binding(dossier))))
    return found


async def dossiers_in(citizen_id: UUID, rows: Sequence[tuple[UUID, bytes]]) -> list[Dossier | None]:
    """Open what was reported to a citizen; None for what cannot be opened any more."""
    opener = await arrivals.opener(citizen_id, [content for _, content in rows])

    def opened(dossier: UUID, content: bytes) -> Dossier | None:
        try:
            return _dossier.decode(opener.open(content, binding(dossier)))
        except (CannotOpen, msgspec.DecodeError):
            return None

    return [opened(dossier, content) for dossier, content in rows]


async def seal_anew(citizen_id: UUID, rows: Sequence[tuple[UUID, Dossier]]) -> list[bytes]:
    """Seal to a citizen what waited for them to come."""
    return await arrivals.seal_anew(citizen_id, [(_encode(dossier), binding(name)) for name, dossier in rows])


def binding(dossier: UUID) -> bytes:
    """Name what is sealed in a row."""
    return b"dossiers_reported\0" + dossier.bytes


async def _id(kind: bytes, *parts: str) -> UUID:
    return UUID(bytes=(await _code(kind, *parts))[:16])


async def _code(kind: bytes, *parts: str) -> bytes:
    # Each part is preceded by its length, so that no two lists of parts read alike.
    written = b"".join(b"%d:%s" % (len(part := one.encode()), part) for one in parts)
    return await pseudonym.mac(b"dossiers reported\0" + kind + b"\0" + written)
