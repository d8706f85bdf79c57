"""A file of a message as it arrives: first what it is, then its bytes, to its end or to where it turns out wrong.

As much of it as HELD is looked at before any of it is handed on: a smaller one is known to be whole, and right, by
then.
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

HELD = 1024 * 1024  # bytes of a file that are looked at whole before the first is handed on
# Words of ours for what is wrong with a file; others are names of outcomes.
DIGEST = "digest"
BROKEN = "broken"
FULL = "full"  # as many files are under way as may be, of this citizen or of all


class FileBeginning(NamedTuple):
    """What is known of a file when its first bytes are there. why: why there is none, "" where there is."""

    why: str
    kind: FileKind = file_kinds.OTHER
    size: int | None = None


class NotWhole(RequestAborted):
    """A file of which a part was handed on does not come to its end. why: a word of ours.

    An answer that it ends has no end, which browsers take for a file that did not come whole.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


async def begin(
    request: SignedInRequest, provider: EboxProvider, message_id: str, wanted: EboxAttachment
) -> tuple[FileBeginning, AsyncGenerator[bytes]]:
    """Ask for a file, and wait for its beginning; gives that, and all its bytes, which can raise NotWhole.

    Nothing is left to end where there is none; whoever does not take all of another closes it.
    """
    pieces = _pieces(request, provider, message_id, wanted)
    # It stands in its first pause from here on, so that whatever becomes of an answer, it is ended.
    beginning = cast("FileBeginning", await anext(pieces))
    if beginning.why:
        await pieces.aclose()
    return beginning, cast("AsyncGenerator[bytes]", pieces)


async def _pieces(
    request: SignedInRequest, provider: EboxProvider, message_id: str, wanted: EboxAttachment
) -> AsyncGenerator[FileBeginning | bytes]:
    """Give what is known of a file first, then its bytes; what goes wrong between two of those breaks it off."""
    citizen_id = request.session.citizen_id
    consultation = of_oneself(request.session, request.occasion, READ)
    inquiry = inquiries.content(provider, message_id, wanted.id)
    if not inquiry.values[BELOW]:
        yield FileBeginning("unreadable")
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
