"""How tests and benchmarks make copies, without a provider."""

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

from portal.features.mailbox.copies import consent, limits, reading, sealing, writing
from portal.features.mailbox.copies.types import CopyExtent, CopyFacts, CopyFile
from portal.platform.journal.types import Occasion


async def stream_of(*chunks: bytes) -> AsyncIterator[bytes]:
    """Give bytes as they would come."""
    for chunk in chunks:
        yield chunk


def facts(letter: CopyExtent, *files: CopyExtent) -> CopyFacts:
    """Say what a copy is of."""
    return CopyFacts(
        provider="smals",
        message_id="CANARY/1",
        address="https://smals.example",
        provider_names={"nl": "Smals"},
        subjects={"nl": "CANARY"},
        sender="0308357159",
        sender_names={},
        type_names={},
        received_at=datetime(2026, 3, 3, tzinfo=UTC),
        is_registered=False,
        is_partial=False,
        letter=letter,
        files=tuple(
            CopyFile({"nl": "CANARY"}, "CANARY.pdf", "application/pdf", False, False, True, one) for one in files
        ),
    )


async def keep(occasion: Occasion, key: str, *files: bytes) -> UUID:
    """Keep a copy of a document (its key) with a letter and files; gives its id. Raise NotKept, or CopyThere."""
    writer = await writing.begin(occasion, key)
    letter = await writer.write(sealing.LETTER, stream_of(b'{"texts":{"nl":"CANARY"}}'))
    extents = [await writer.write(item, stream_of(one)) for item, one in enumerate(files, 1)]
    await writer.finish(facts(letter, *extents))
    return writer.id


async def fill_archive(occasion: Occasion, each: bytes) -> int:
    """Keep copies of one file until no more fits; gives how many megabytes there are."""
    await consent.give(occasion)
    with suppress(writing.NotKept):
        for number in range(limits.copies()):
            await keep(occasion, f"smals|{number}", each)
    return (await reading.use_of(occasion.citizen_id)).size // limits.MEGABYTE
