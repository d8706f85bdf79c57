"""Turn an uploaded picture into a small square JPEG, in a confined program (`photo_program`)."""

import asyncio
from enum import StrEnum
from uuid import UUID

from portal.platform.confined import programs
from portal.platform.confined.errors import NotRun, NoTurn, ProgramFailed
from portal.platform.confined.turns import PersonTurns
from portal.platform.kit.errors import PortalError

from . import wholeness

PROGRAM = f"{__package__}.photo_program"
MADE = b"made"  # the program's answer for a picture
LARGEST = 1 << 18  # bytes of an answer
SECONDS = 10.0
AT_ONCE = 2  # in each process of the portal; a picture takes up to 400 MB while it is read

PATIENCE = 25.0  # seconds to wait for a turn: longer than two pictures that take all of SECONDS

_of_loop: dict[asyncio.AbstractEventLoop, PersonTurns] = {}


class PhotoFault(StrEnum):
    """Why a picture was refused, in the program's own words."""

    NOT_A_PHOTO = "not_a_photo"
    TOO_MANY_PIXELS = "too_many_pixels"
    DAMAGED = "damaged"
    HEIC = "heic"


REASONS = {why.encode(): why for why in PhotoFault}


class PhotoRefused(PortalError):
    """The upload is no picture that can be used."""

    code = "photo"

    def __init__(self, why: PhotoFault) -> None:
        super().__init__(why)
        self.why = why


class PhotoBusy(PortalError):
    """No photo can be read now.

    This citizen has one under way and another that waits, everybody waits, or no confined program can be run.
    """

    code = "photo-busy"


async def square(upload: bytes, citizen_id: UUID) -> bytes:
    """Cut the middle square out of a JPEG, PNG or WebP, 400 pixels wide, and write it anew as JPEG.

    Only pixels survive: no metadata, and nothing that was hidden in or behind the picture. A citizen has one picture
    read at a time, so that whoever sends many keeps only themselves waiting. Raise PhotoRefused or PhotoBusy.
    """
    try:
        async with _turns().take(citizen_id):
            answer = await programs.run(PROGRAM, upload, seconds=SECONDS, most=LARGEST)
    except (NoTurn, NotRun, TimeoutError):
        # The program's limit on processor time is shorter than SECONDS: whoever reaches SECONDS waited for others.
        raise PhotoBusy from None
    except ProgramFailed:
        # No photo that people take reaches the program's limits.
        raise PhotoRefused(PhotoFault.DAMAGED) from None
    word, _, jpeg = answer.partition(b"\n")
    if word == MADE and wholeness.is_plain_jpeg(jpeg, wholeness.SIDE):
        return jpeg
    raise PhotoRefused(REASONS.get(word, PhotoFault.DAMAGED))


def _turns() -> PersonTurns:
    loop = asyncio.get_running_loop()
    return _of_loop.setdefault(loop, PersonTurns(AT_ONCE, waiting=1, patience=PATIENCE))
