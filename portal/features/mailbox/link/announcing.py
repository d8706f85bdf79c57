"""Announce to the federation that an eBox is linked here, or no longer, in the citizen's own request (decision 0056).

The citizen's choice is stored before, so a failure neither delays nor undoes it: the announcement is tried again with
their next pages. If they change the link meanwhile, their last choice is announced last. For citizens who had
everything erased or were away for two years, and so see no page, the portal itself tries for some days (`farewells`).
"""

import asyncio
import logging
import time
from datetime import datetime, timedelta
from uuid import UUID

from portal.platform.access.types import SignedInRequest
from portal.platform.database import pool
from portal.platform.sources.reading.outcomes import Late, Outcome, Partial, Ready

from .. import announcements, farewells, queries
from ..registry import looking
from ..types import OWN_APPLICATION, ApplicationConsent, LinkStanding

MOST_TRIES = 3  # in one request, where the citizen changes the link meanwhile

log = logging.getLogger("portal.mailbox")
_under_way: set[asyncio.Task[None]] = set()


async def announce(request: SignedInRequest) -> None:
    """Announce the link as it is now, unless that is done or another request is doing it. Nothing is raised."""
    try:
        await _announce(request)
    except Exception as error:
        # The citizen's choice stands. The type only is logged, since the message of an error can quote a value.
        log.error("link not announced: %s %s", type(error).__name__, request.occasion.correlation_id)


async def _announce(request: SignedInRequest) -> None:
    citizen_id, now = request.session.citizen_id, request.occasion.now
    for _ in range(MOST_TRIES):
        async with pool.as_citizen(citizen_id) as conn:
            wish = await announcements.take_turn(conn, citizen_id, now)
            if wish is None:
                return
            is_linked = await queries.link_in(conn, citizen_id) is not None
        outcome = await looking.announce_consent(request, is_given=is_linked)
        if isinstance(outcome, Late):
            # The message may still arrive. The turn stays taken until no later one can be overtaken by it.
            return
        if not is_confirmed(outcome, is_linked=is_linked):
            await announcements.return_turn(citizen_id, now)
            return
        if await announcements.settle(citizen_id, wish, now):
            return


async def announce_farewells(now: datetime) -> None:
    """Announce links that ended because their citizens had everything erased, or were away for two years.

    A round of the portal (`Feature.rounds`).
    """
    began = time.monotonic()
    for citizen_id, sealed, ends_at in await farewells.due(now):
        # A round of many takes longer than a turn, which begins with each message.
        moment = now + timedelta(seconds=time.monotonic() - began)
        try:
            await _announce_farewell(citizen_id, sealed, moment)
        except Exception as error:
            log.error("farewell not announced: %s", type(error).__name__)
        # Also one that failed waits: else a hundred of them would keep up all others.
        await farewells.wait(citizen_id, moment, ends_at)


async def _announce_farewell(citizen_id: UUID, sealed: bytes, now: datetime) -> None:
    async with pool.as_citizen(citizen_id) as conn:
        wish = await announcements.take_turn(conn, citizen_id, now)
        if wish is None:
            return
        # The citizen may have linked their eBox again, also while this waited for the turn: then their own pages
        # announce that. The link itself is looked at too, as the worker may write farewells.
        is_over = not await farewells.stands(conn, citizen_id) or await queries.link_in(conn, citizen_id) is not None
    if is_over:
        await announcements.return_turn(citizen_id, now)
        return
    number, subject = await farewells.open_number(citizen_id, sealed)
    outcome = await looking.announce_farewell(citizen_id, number, subject, now)
    if isinstance(outcome, Late):
        return
    if is_confirmed(outcome, is_linked=False):
        await announcements.settle(citizen_id, wish, now)
    else:
        await announcements.return_turn(citizen_id, now)


def announce_beside(request: SignedInRequest, standing: LinkStanding) -> None:
    """Try a pending announcement again, in a task that the page of this request does not wait for."""
    if standing.announce_at is not None and standing.announce_at <= request.occasion.now:
        task = asyncio.create_task(announce(request))
        _under_way.add(task)
        task.add_done_callback(_under_way.discard)


def is_confirmed(outcome: Outcome[tuple[ApplicationConsent, ...]], *, is_linked: bool) -> bool:
    """Tell whether the federation's answer has a line for this portal that says what was announced."""
    lines = outcome.value if isinstance(outcome, Ready | Partial) else ()
    return any(line.id == OWN_APPLICATION and line.is_given is is_linked for line in lines)
