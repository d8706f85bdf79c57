"""Make a PDF of a document in a confined program: typst keeps in memory what it has set, and input may break it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import msgspec

from portal.platform.confined import programs
from portal.platform.confined.errors import ProgramFailed
from portal.platform.kit.errors import PortalError

PROGRAM = f"{__package__}.typeset_program"
SECONDS = 10.0  # for the program; less where the request for a PDF has less left (`answers.SECONDS`)
AT_ONCE = 2
PATIENCE = 3.0  # seconds that somebody waits for their turn
LARGEST = 512 * 1024  # bytes of a document as JSON: some 200 pages, more than the time allows
LARGEST_PDF = 16 * 1024 * 1024

_turn: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}
_under_way: set[UUID] = set()


class PdfNotMade(PortalError):
    """The document could not be set: too long, too slow, or our own fault."""

    code = "pdf"


class PdfBusy(PortalError):
    """As many documents are being made already as we make at once."""

    code = "pdf-busy"


class PdfUnderWay(PortalError):
    """A PDF is being made for this citizen already."""

    code = "pdf-under-way"


@contextmanager
def only_one(citizen_id: UUID) -> Iterator[None]:
    """Hold the one place for pages that a citizen has in this process, so that nobody's pages hold every turn.

    Raise PdfUnderWay. The summary of an own copy, of which a citizen has one at a time, takes a turn without it.
    """
    if citizen_id in _under_way:
        raise PdfUnderWay
    _under_way.add(citizen_id)
    try:
        yield
    finally:
        _under_way.remove(citizen_id)


async def typeset(document: dict[str, Any]) -> bytes:
    """Set a document as a tagged PDF/A-2a that is PDF/UA-1 too. Raise PdfBusy or PdfNotMade.

    document: as `document.document` makes it. When this call is cancelled, the program is killed.
    """
    given = msgspec.json.encode(document)
    if len(given) > LARGEST:
        raise PdfNotMade("too long")
    turn = _turn.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
    try:
        await asyncio.wait_for(turn.acquire(), PATIENCE)
    except TimeoutError:
        raise PdfBusy from None
    try:
        return await _run(given)
    finally:
        turn.release()


async def _run(given: bytes) -> bytes:
    try:
        pdf = await programs.run(PROGRAM, given, seconds=SECONDS, most=LARGEST_PDF)
    except TimeoutError:
        raise PdfNotMade("too slow") from None
    except ProgramFailed as error:
        raise PdfNotMade(error.detail) from None
    if not pdf.startswith(b"%PDF-"):
        raise PdfNotMade("what was made is no PDF")
    return pdf
