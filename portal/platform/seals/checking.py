"""The door: have a PDF judged in a confined process. Nothing of it is kept."""

from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Protocol

import msgspec

from portal.platform.confined import programs
from portal.platform.confined.errors import NotRun, ProgramFailed

from . import configured
from .types import Judgement, Trust, Verdict, VerdictReason

PROGRAM = f"{__package__}.seal_program"
HEAD_BYTES = 4
SECONDS = 60.0  # by the clock; a program's own limit is processor time
LARGEST = 20 * 1024 * 1024  # bytes of a document
LARGEST_ANSWER = 64 * 1024


class Run(Protocol):
    """What runs a confined program."""

    def __call__(self, program: str, given: bytes, *, seconds: float, most: int) -> Awaitable[bytes]:
        """Run a program by its name."""


async def judge(pdf: bytes, trust: Trust | None = None, run: Run = programs.run, *, about: str = "") -> Judgement:
    """Judge a PDF by what the operator trusts, or by another trust. Raise NotRun when no program can be run now.

    about: the national number of whom it should be about, where that is to be looked at too.
    """
    if len(pdf) > LARGEST:
        return Judgement(Verdict.UNCONFIRMED, VerdictReason.TOO_LARGE)
    head = msgspec.json.encode(msgspec.structs.replace(trust or trusted_now(), about=about))
    given = b"".join((len(head).to_bytes(HEAD_BYTES), head, pdf))
    try:
        answer = await run(PROGRAM, given, seconds=SECONDS, most=LARGEST_ANSWER)
        return msgspec.json.decode(answer, type=Judgement)
    except NotRun:
        raise
    except TimeoutError:
        # Its limit on processor time is far shorter: whoever reaches this one waited for others.
        raise NotRun("the check got no processor") from None
    except (ProgramFailed, msgspec.MsgspecError):
        # It reached a limit, or broke what reads it.
        return Judgement(Verdict.UNCONFIRMED, VerdictReason.NOT_CHECKED)


def trusted_now() -> Trust:
    """Give what the operator trusts, for this moment."""
    return Trust(configured.roots(), datetime.now(UTC), configured.lists())
