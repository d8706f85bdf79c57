"""Make a small square picture of whatever was uploaded, in a confined program."""

import asyncio
from enum import StrEnum

from portal.platform.confined import programs
from portal.platform.confined.errors import ProgramFailed
from portal.platform.kit.errors import PortalError

from . import wholeness

PROGRAM = f"{__package__}.photo_program"
MADE, SIDE = b"made", 400
LARGEST = 1 << 18  # bytes of what is made
SECONDS = 10.0
AT_ONCE = 2  # a picture takes up to 400 MB while it is read

_turn: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}


class Why(StrEnum):
    """Why a picture was refused, in the program's own words."""

    NOT_A_PHOTO = "not_a_photo"
    TOO_MANY_PIXELS = "too_many_pixels"
    DAMAGED = "damaged"
    HEIC = "heic"


REASONS = {why.encode(): why for why in Why}


class PhotoRefused(PortalError):
    """The upload is no picture that can be used."""

    code = "photo"

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


async def squared(upload: bytes) -> bytes:
    """Cut the middle square out of a JPEG, PNG or WebP, 400 pixels wide, and write it anew as JPEG.

    Only pixels survive: no metadata, and nothing that was hidden in or behind the picture. Raise PhotoRefused.
    """
    async with _turn.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE)):
        try:
            answer = await programs.run(PROGRAM, upload, seconds=SECONDS, most=LARGEST)
        except (TimeoutError, ProgramFailed):
            # Stopped by its own limits: whatever it was, it was no photo that people take.
            raise PhotoRefused(Why.DAMAGED) from None
    word, _, made = answer.partition(b"\n")
    if word == MADE and wholeness.is_plain_jpeg(made, SIDE):
        return made
    raise PhotoRefused(REASONS.get(word, Why.DAMAGED))
