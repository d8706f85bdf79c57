"""Have a PDF judged in a confined process: what features call. Nothing of the document is kept."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Protocol

import msgspec

from portal.platform.confined import programs
from portal.platform.confined.errors import NotRun, ProgramFailed

from . import configured
from .types import Judgement, SentTrust, Trust, Verdict, VerdictReason

PROGRAM = f"{__package__}.seal_program"
HEAD_BYTES = 4  # of the length, big-endian, that stands before the JSON of a SentTrust
SECONDS = 60.0  # by the clock; the program itself limits its processor time
LARGEST = 20 * 1024 * 1024  # bytes of a document
LARGEST_ANSWER = 64 * 1024


class RunProgram(Protocol):
    """A function that runs a confined program, as `confined.programs.run`."""

    def __call__(self, program: str, given: bytes, *, seconds: float, most: int) -> Awaitable[bytes]:
        """Run a program by its name."""


async def judge(
    pdf: bytes, trust: Trust | None = None, run: RunProgram = programs.run, *, about: str = ""
) -> Judgement:
    """Judge a PDF by what the operator trusts, or by another trust.

    run: what runs the program. about: the national number of the person that the PDF should be about, "" not to look.
    Raise NotRun when no program can be run now, and SealTrustError where a file of what is trusted cannot be used.
    """
    if len(pdf) > LARGEST:
        return Judgement(Verdict.UNCONFIRMED, VerdictReason.TOO_LARGE)
    # All lists of the operator may be read, and go along.
    given = await asyncio.to_thread(_input, pdf, trust, about)
    try:
        answer = await run(PROGRAM, given, seconds=SECONDS, most=LARGEST_ANSWER)
        return msgspec.json.decode(answer, type=Judgement)
    except NotRun:
        raise
    except TimeoutError:
        # The program's limit on processor time is far shorter, so it waited for the processor.
        raise NotRun("the check got no processor") from None
    except (ProgramFailed, msgspec.MsgspecError):
        # The document made the program reach a limit, or crash.
        return Judgement(Verdict.UNCONFIRMED, VerdictReason.NOT_CHECKED)


def _input(pdf: bytes, trust: Trust | None, about: str) -> bytes:
    """Write the input of the program. Raise SealTrustError."""
    trust = trust or current_trust()
    fields = msgspec.structs.asdict(trust) | {"lists": (), "about": about}
    head = msgspec.json.encode(SentTrust(**fields, sizes=tuple(map(len, trust.lists))))
    return b"".join((len(head).to_bytes(HEAD_BYTES), head, *trust.lists, pdf))


def current_trust() -> Trust:
    """Give what the operator trusts, for a judgement of this moment. Raise SealTrustError."""
    return Trust(configured.roots(), datetime.now(UTC), configured.lists())
