"""Have a document judged before it is handed over: a few at once, a citizen's own one after another."""

import asyncio
from uuid import UUID

from portal.platform.confined.errors import NotRun, NoTurn
from portal.platform.confined.turns import PersonTurns
from portal.platform.seals import checking
from portal.platform.seals.configured import SealTrustError
from portal.platform.seals.types import Judgement

# In each process. Strangers at the check page have a turn of their own, so they hold up nobody here.
AT_ONCE = 2
OWN = 6  # of one citizen that wait: as many pages as they may have under way
PATIENCE = 20.0  # seconds

_turns: dict[asyncio.AbstractEventLoop, PersonTurns] = {}


async def judge(citizen_id: UUID, pdf: bytes, about: str) -> Judgement | None:
    """Judge a PDF by what the operator trusts, and see whom it is about; None when that cannot be done now.

    about: the national number of whoever asked for it.
    """
    turns = _turns.setdefault(asyncio.get_running_loop(), PersonTurns(AT_ONCE, waiting=OWN, patience=PATIENCE))
    try:
        async with turns.take(citizen_id):
            return await checking.judge(pdf, about=about)
    except (NoTurn, NotRun, SealTrustError):
        return None
