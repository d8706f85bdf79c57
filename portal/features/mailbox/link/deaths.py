"""End the links of citizens who died, for the worker: each night it asks the register about all who have a link.

Nothing of an answer is kept. A question that the register could not answer is asked again after an hour, behind all
others; a register that fails MOST_FAILED times in a row is left alone until the next run. One that failed for its
citizen's own sake (`OF_CITIZEN`) is asked again the next night: so those who always fail keep nobody else from their
turn.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from portal.platform.database import pool
from portal.platform.journal.types import WORKER, Occasion
from portal.platform.keys import errands
from portal.platform.sources import asking, datasets
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.inquiry import Consultation
from portal.platform.sources.reading.outcomes import Down, Facts, Outcome, Partial, Ready, is_answer, name_of

from .. import actions, journalling, section
from ..events import boxes
from ..events.boxes import WatchedBox
from ..types import DEATHS

AGAIN = timedelta(hours=20)  # from an answer about a citizen to the next question
SOON = timedelta(hours=1)  # the same after a failure of the register, or of the way to it
PART = 100  # boxes that one statement reads
PAUSE_S = 0.2  # between two questions: citizens who wait for the register come first
RUN_S = 3000.0  # of one run; the next begins an hour after it began, and goes on
MOST_FAILED = 10  # failures in a row of the register, or of the way to it
# Reasons that may concern one citizen only: they say nothing about how the register is doing.
OF_CITIZEN = frozenset(("refused", "mismatch", "unreadable"))

FIND = "select citizen_id, sealed from mailbox_box where due_at <= %s order by due_at limit %s"
MOVE = "update mailbox_box set due_at = %s where citizen_id = %s"

log = logging.getLogger("portal.mailbox")


async def end_links(now: datetime, *, run_s: float = RUN_S, pause_s: float = PAUSE_S) -> int:
    """Ask about every citizen who is due, and end the links of those who died; return how many links.

    run_s: seconds after which no further question is asked. pause_s: least seconds between two questions.
    """
    found = section.register_of_deaths()
    if found is None:
        return 0
    entry, fact = found
    until, ended, failed, unclear = time.monotonic() + run_s, 0, 0, 0
    async with aclosing(_due(now, until)) as due:
        async for box, occasion in due:
            outcome = await _answer(entry, box.national_number, occasion)
            if has_died(outcome, fact):
                await _end(occasion)
                ended += 1
            is_failure = not is_answer(outcome) and not is_of_citizen(outcome)
            await _move(occasion.citizen_id, now + (SOON if is_failure else AGAIN))
            failed = failed + 1 if is_failure else 0
            unclear += is_of_citizen(outcome)
            if failed >= MOST_FAILED:
                log.warning("the register of deaths does not answer (%s): the next run goes on", name_of(outcome))
                break
            if time.monotonic() >= until:
                break
            await asyncio.sleep(pause_s)
    if unclear:
        log.warning("the register of deaths gave no usable answer about %s citizens", unclear)
    return ended


def has_died(outcome: Outcome[Facts], fact: str) -> bool:
    """Tell whether an answer says that its citizen died. An answer that is missing, or lacks the fact, does not."""
    return isinstance(outcome, Ready | Partial) and any(one.key == fact for one in outcome.value)


def is_of_citizen(outcome: Outcome[Facts]) -> bool:
    """Tell whether a question failed for the sake of its citizen, and not because its register fails."""
    return isinstance(outcome, Down) and outcome.reason in OF_CITIZEN and not outcome.is_elsewhere


async def _due(now: datetime, until: float) -> AsyncGenerator[tuple[WatchedBox, Occasion]]:
    """Yield the boxes that are due, each with its occasion; the caller moves each (`_move`) before it takes the next.

    until: by the monotonic clock, in seconds; no more rows are read after it.
    """
    while time.monotonic() < until:
        async with pool.connection() as conn:
            rows = await (await conn.execute(FIND, (now, PART))).fetchall()
        if not rows:
            return
        keys = await errands.keys_of([citizen_id for citizen_id, _ in rows], boxes.PURPOSE)
        for citizen_id, sealed in rows:
            box = boxes.unseal(keys.get(citizen_id), bytes(sealed))
            if box is None:
                # A box that cannot be decrypted names nobody to ask about; its events are not mailed either.
                await _move(citizen_id, now + AGAIN)
                continue
            yield box, Occasion(citizen_id, now, str(uuid4()), WORKER, keys[citizen_id].subject)


async def _answer(entry: DatasetEntry, national_number: str, occasion: Occasion) -> Outcome[Facts]:
    inquiry: Any = datasets.inquiry_without_lookup(entry)
    outcome: Outcome[Facts] = await asking.answer(Consultation(None, occasion, national_number, DEATHS), inquiry)
    return outcome


async def _end(occasion: Occasion) -> None:
    """Delete the link with all that was kept because of it, and journal that in the same transaction."""
    async with pool.as_citizens([occasion.citizen_id]) as conn:
        await actions.end_of_dead(conn, occasion.citizen_id)
        await journalling.note(conn, journalling.END, occasion)


async def _move(citizen_id: UUID, due_at: datetime) -> None:
    async with pool.connection() as conn:
        await conn.execute(MOVE, (due_at, citizen_id))
