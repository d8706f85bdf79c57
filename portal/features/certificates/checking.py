"""Have a document judged before it is handed over: AT_ONCE in a process, of one citizen one after another."""

import asyncio
from uuid import UUID

from portal.platform.confined.errors import NotRun, NoTurn
from portal.platform.confined.turns import PersonTurns
from portal.platform.seals import checking
from portal.platform.seals.configured import SealTrustError
from portal.platform.seals.types import Judgement

# Documents that a process judges at once. The check page for anybody (`authenticity`) has turns apart from these.
AT_ONCE = 2
OWN = 6  # documents of one citizen that wait: as many as they may have pages under way
PATIENCE = 20.0  # seconds to wait for a turn

_turns: dict[asyncio.AbstractEventLoop, PersonTurns] = {}


async def judge(citizen_id: UUID, pdf: bytes, about: str) -> Judgement | None:
    """Judge a PDF by whom the operator trusts, and whether it is about a citizen; None when that cannot be done now.

    about: the national number of whoever asked for it.
    """
    turns = _turns.setdefault(asyncio.get_running_loop(), PersonTurns(AT_ONCE, waiting=OWN, patience=PATIENCE))
    try:
        async with turns.take(citizen_id):
            return await checking.judge(pdf, about=about)
    except (NoTurn, NotRun, SealTrustError):
        return None
