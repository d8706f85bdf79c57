"""Make a small square picture of whatever was uploaded, in a confined program."""

import asyncio
from enum import StrEnum
from uuid import UUID

from portal.platform.confined import programs
from portal.platform.confined.errors import NotRun, NoTurn, ProgramFailed
from portal.platform.confined.turns import PersonTurns
from portal.platform.kit.errors import PortalError

from . import wholeness

PROGRAM = f"{__package__}.photo_program"
MADE, SIDE = b"made", 400
LARGEST = 1 << 18  # bytes of what is made
SECONDS = 10.0
AT_ONCE = 2  # a picture takes up to 400 MB while it is read

PATIENCE = 25.0  # seconds that somebody waits for their turn: two pictures that take their whole time, and more

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
    """No photo can be read now: this citizen has one under way and another that waits, or everybody waits."""

    code = "photo-busy"


async def square(upload: bytes, citizen_id: UUID) -> bytes:
    """Cut the middle square out of a JPEG, PNG or WebP, 400 pixels wide, and write it anew as JPEG.

    Only pixels survive: no metadata, and nothing that was hidden in or behind the picture. One of a citizen at a
    time, so that whoever sends many only waits for themselves. Raise PhotoRefused or PhotoBusy.
    """
    try:
        async with _turns().take(citizen_id):
            answer = await programs.run(PROGRAM, upload, seconds=SECONDS, most=LARGEST)
    except (NoTurn, NotRun, TimeoutError):
        # Its limit on processor time is shorter than ours by the clock: who reaches that waited for others.
        raise PhotoBusy from None
    except ProgramFailed:
        # Stopped by its own limits: whatever it was, it was no photo that people take.
        raise PhotoRefused(PhotoFault.DAMAGED) from None
    word, _, made = answer.partition(b"\n")
    if word == MADE and wholeness.is_plain_jpeg(made, SIDE):
        return made
    raise PhotoRefused(REASONS.get(word, PhotoFault.DAMAGED))


def _turns() -> PersonTurns:
    loop = asyncio.get_running_loop()
    return _of_loop.setdefault(loop, PersonTurns(AT_ONCE, waiting=1, patience=PATIENCE))
