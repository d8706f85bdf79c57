"""Name and seal reported dossiers, with `keys.arrivals`: who takes them in cannot read them back.

Names are keyed hashes, under which rows are found again, but from which nobody reads what they name.
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from portal.platform.keys import arrivals, pseudonym
from portal.platform.keys.arrivals import Arrival
from portal.platform.keys.errors import CannotOpen
from portal.platform.sources import beside

from .. import rules, section
from ..types import Dossier
from .contract import Identification, Push

_encode = msgspec.json.encode
_dossier = msgspec.json.Decoder(Dossier)
_upload = msgspec.json.Decoder(tuple[Identification, str])


async def dossier_ids(body: str, source: str, number: str) -> list[UUID]:
    """Give the names that a body's dossier can have, by its `Bron` and number; the first is the one it gets now.

    It has another where its body listed the spellings of that `Bron` otherwise when it reported the dossier, or where
    it was stored by its number as its body wrote it, before numbers had one spelling here.
    """
    numbers = dict.fromkeys((rules.spell_number(number), number))
    return [
        await _id(b"dossier", body, spelling, written)
        for written in numbers
        for spelling in section.spellings_of(source)
    ]


async def upload_id(body: str, sent_id: str) -> UUID:
    """Give the name of a body's upload, by the UploadId that it sent."""
    return await _id(b"upload", body, sent_id)


async def content_mark(body: str, push: Push) -> bytes:
    """Give a keyed hash of all that an upload says, by which a repeat is recognised: 32 bytes."""
    return await _keyed_hash(b"content", body, _encode(push).decode())


async def state_mark(body: str, product: str, state: str) -> bytes:
    """Give a keyed hash of a state of a body's dossiers of a product, under which they are counted: 32 bytes."""
    return await _keyed_hash(b"state", body, product, state)


async def seal(
    citizens: Sequence[UUID], dossier: UUID, content: Dossier, upload: tuple[Identification, str]
) -> tuple[list[arrivals.SealedArrival], bytes]:
    """Seal a dossier to each citizen, in their order; and for the installation, the numbers of dossier and upload."""
    encoded = _encode(content)
    arriving = [Arrival(citizen, encoded, binding(dossier)) for citizen in citizens]
    # No citizen has the name of a dossier for an id, so `arrivals` seals this for the installation.
    arriving.append(Arrival(dossier, _encode(upload), binding(dossier)))
    *for_citizens, of_upload = await arrivals.seal_all(arriving)
    return for_citizens, of_upload.content


async def uploads_in(rows: Sequence[tuple[UUID, bytes]]) -> list[tuple[Identification, str]]:
    """Open the numbers of dossiers and uploads. rows: a dossier's name, and what is sealed. Raises CannotOpen."""
    uploads = []
    for dossier, content in rows:
        opener = await arrivals.opener(dossier, [content])
        uploads.append(_upload.decode(opener.open(content, binding(dossier))))
    return uploads


async def dossiers_in(citizen_id: UUID, rows: Sequence[tuple[UUID, bytes]]) -> list[Dossier | None]:
    """Open what was reported to a citizen, from rows as of `uploads_in`; None for what cannot be opened any more."""
    opener = await arrivals.opener(citizen_id, [content for _, content in rows])

    def open_row(dossier: UUID, content: bytes) -> Dossier | None:
        try:
            return _dossier.decode(opener.open(content, binding(dossier)))
        except (CannotOpen, msgspec.DecodeError):
            return None

    return await beside.run(len(rows) > rules.MANY, lambda: [open_row(dossier, content) for dossier, content in rows])


async def seal_anew(citizen_id: UUID, rows: Sequence[tuple[UUID, Dossier]]) -> list[bytes]:
    """Seal, with the keys of a citizen, dossiers that were sealed for the installation until they came."""
    return await arrivals.seal_anew(citizen_id, [(_encode(dossier), binding(name)) for name, dossier in rows])


def binding(dossier: UUID) -> bytes:
    """Give the associated data with which the row of a dossier is sealed."""
    return b"dossiers_reported\0" + dossier.bytes


async def _id(kind: bytes, *parts: str) -> UUID:
    return UUID(bytes=(await _keyed_hash(kind, *parts))[:16])


async def _keyed_hash(kind: bytes, *parts: str) -> bytes:
    # Each part is preceded by its length, so that no two lists of parts read alike.
    written = b"".join(b"%d:%s" % (len(part := text.encode()), part) for text in parts)
    return await pseudonym.mac(b"dossiers reported\0" + kind + b"\0" + written)
