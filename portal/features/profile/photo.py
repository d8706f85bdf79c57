"""Make a small square picture of whatever was uploaded, in a program of its own that holds no secret."""

import asyncio
from enum import StrEnum
from pathlib import Path

from portal.platform.kit import isolated_program
from portal.platform.kit.errors import PortalError

PROGRAM = Path(__file__).with_name("photo_program.py")
SECONDS = 10.0
AT_ONCE = 2  # a picture takes up to 400 MB while it is read

_turn: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}


class Why(StrEnum):
    """Why a picture was refused. The program says it by its exit code, in this order from 10."""

    NOT_A_PHOTO = "not_a_photo"
    TOO_MANY_PIXELS = "too_many_pixels"
    DAMAGED = "damaged"


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
            code, made = await isolated_program.run(PROGRAM, upload, seconds=SECONDS)
        except TimeoutError:
            raise PhotoRefused(Why.DAMAGED) from None
    if code == 0 and made:
        return made
    reasons = dict(enumerate(Why, start=10))
    # Stopped by its own limits: whatever it was, it was no photo that people take.
    raise PhotoRefused(reasons.get(code, Why.DAMAGED))
