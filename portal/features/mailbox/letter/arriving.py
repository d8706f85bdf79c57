"""Fetch a file of a message as a stream: first what kind of file it is, then its bytes, checked against its digest.

The first HELD bytes are read before any byte is passed on. So a file that is smaller is known to be complete and
right before the response begins; a larger one may still be broken off.
"""

from collections.abc import AsyncGenerator
from typing import NamedTuple, cast

from django.core.exceptions import RequestAborted

from portal.platform.access.types import SignedInRequest
from portal.platform.sources import files
from portal.platform.sources.files import BrokenOffError, OpenFile
from portal.platform.sources.inquiry import of_oneself
from portal.platform.sources.reading.outcomes import Down, Outcome, name_of
from portal.platform.sources.registries import BELOW

from .. import queries
from ..registry import inquiries
from ..types import READ, EboxAttachment, EboxProvider
from . import digesting, file_kinds
from .digesting import WrongDigest
from .file_kinds import FileKind

HELD = 1024 * 1024  # bytes that are read before the first is passed on
# Why a file cannot be had, beside the names of outcomes ("late", "down", …).
DIGEST = "digest"  # its bytes do not have its digest
BROKEN = "broken"  # its transfer broke off
FULL = "full"  # too many files are under way, of this citizen or of all
NO_ADDRESS = "no-address"  # its id fits in no address, so it cannot be asked for


class FileBeginning(NamedTuple):
    """What is known of a file when its first bytes are there. why: a reason why it cannot be had, "" where it can.

    size: bytes, None where it is not known yet.
    """

    why: str
    kind: FileKind = file_kinds.OTHER
    size: int | None = None


class NotWhole(RequestAborted):
    """A file of which a part was passed on breaks off. why: DIGEST or BROKEN.

    It ends the response without its end, so browsers treat the download as failed.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


async def begin(
    request: SignedInRequest, provider: EboxProvider, message_id: str, wanted: EboxAttachment
) -> tuple[FileBeginning, AsyncGenerator[bytes]]:
    """Ask for a file and wait for its beginning; return that, and a generator of all its bytes.

    The generator may raise NotWhole. A caller who does not exhaust it closes it; with a `why` it is closed already.
    """
    pieces = _pieces(request, provider, message_id, wanted)
    # The generator has begun from here on, so that closing it also closes the connection to the provider.
    beginning = cast("FileBeginning", await anext(pieces))
    if beginning.why:
        await pieces.aclose()
    return beginning, cast("AsyncGenerator[bytes]", pieces)


async def _pieces(
    request: SignedInRequest, provider: EboxProvider, message_id: str, wanted: EboxAttachment
) -> AsyncGenerator[FileBeginning | bytes]:
    """Yield the beginning of a file, then its bytes. Raise NotWhole for what goes wrong after the beginning."""
    citizen_id = request.session.citizen_id
    consultation = of_oneself(request.session, request.occasion, READ)
    inquiry = inquiries.content(provider, message_id, wanted.id)
    if not inquiry.values[BELOW]:
        yield FileBeginning(NO_ADDRESS)
        return

    async def is_linked() -> bool:
        return await queries.is_linked(citizen_id)

    async with files.open_file(consultation, inquiry, may_go_on=is_linked) as file:
        if file.outcome is not None:
            yield FileBeginning(_why(file.outcome))
            return
        chunks = digesting.check(file.chunks(), wanted.digest)
        begun = False
        try:
            held, is_all = await digesting.beginning(chunks, HELD)
            kind = file_kinds.kind_of(b"".join(held)[: file_kinds.HEAD], wanted.media_type, wanted.file_name)
            yield FileBeginning("", kind, sum(map(len, held)) if is_all else file.size)
            begun = True
            for chunk in held:
                yield chunk
            held.clear()
            async for chunk in chunks:
                yield chunk
        except (WrongDigest, BrokenOffError) as error:
            why = _note(file, error)
            if begun:
                raise NotWhole(why) from None
            yield FileBeginning(why)


def _why(outcome: Outcome[None]) -> str:
    return FULL if isinstance(outcome, Down) and outcome.reason == FULL else name_of(outcome)


def _note(file: OpenFile, error: WrongDigest | BrokenOffError) -> str:
    if isinstance(error, WrongDigest):
        file.reject(DIGEST)
        return DIGEST
    return BROKEN
