"""Tell the federation that an eBox is linked here or is not any more, in the citizen's own request, by their token.

It neither delays nor undoes what the citizen chose, which is kept before. What could not be told is tried again with
their next pages. Whatever they choose meanwhile, the last word that is told is the last that they chose. Who had
everything erased has no pages any more: the portal goes round for them, for some days.
"""

import asyncio
import logging
from datetime import datetime
from uuid import UUID

from portal.platform.access.types import SignedInRequest
from portal.platform.database import pool
from portal.platform.sources.reading.outcomes import Late, Outcome, Partial, Ready

from .. import announcements, farewells, queries
from ..registry import looking
from ..types import OWN_APPLICATION, ApplicationConsent, LinkStanding

MOST_TURNS = 3  # of one request, where the citizen changes their mind meanwhile

log = logging.getLogger("portal.mailbox")
_under_way: set[asyncio.Task[None]] = set()


async def announce(request: SignedInRequest) -> None:
    """Tell how it stands now, if it is not told yet and nobody else is telling it; nothing is raised."""
    try:
        await _announce(request)
    except Exception as error:
        # The citizen's choice stands; by its type alone, since a message can quote a value.
        log.error("not told to the federation: %s %s", type(error).__name__, request.occasion.correlation_id)


async def _announce(request: SignedInRequest) -> None:
    citizen_id, now = request.session.citizen_id, request.occasion.now
    for _ in range(MOST_TURNS):
        async with pool.as_citizen(citizen_id) as conn:
            wish = await announcements.take_turn(conn, citizen_id, now)
            if wish is None:
                return
            is_linked = await queries.link_in(conn, citizen_id) is not None
        outcome = await looking.announce_consent(request, is_given=is_linked)
        if isinstance(outcome, Late):
            # It may still arrive: the turn is kept until it does not matter any more.
            return
        if not is_confirmed(outcome, is_linked=is_linked):
            await announcements.return_turn(citizen_id, now)
            return
        if await announcements.settle(citizen_id, wish, now):
            return


async def announce_farewells(now: datetime) -> None:
    """Tell of links that went with all else of who had everything erased. For the portal, which goes round."""
    for citizen_id, sealed, ends_at in await farewells.due(now):
        try:
            await _announce_farewell(citizen_id, sealed, now)
            await farewells.wait(citizen_id, now, ends_at)
        except Exception as error:
            log.error("a farewell was not told to the federation: %s", type(error).__name__)


async def _announce_farewell(citizen_id: UUID, sealed: bytes, now: datetime) -> None:
    async with pool.as_citizen(citizen_id) as conn:
        # Who linked their eBox anew is no more told away: their pages tell how it stands.
        if not await farewells.stands(conn, citizen_id):
            return
        wish = await announcements.take_turn(conn, citizen_id, now)
        if wish is None:
            return
    outcome = await looking.announce_farewell(citizen_id, await farewells.number_in(citizen_id, sealed), now)
    if isinstance(outcome, Late):
        return
    if is_confirmed(outcome, is_linked=False):
        await announcements.settle(citizen_id, wish, now)
    else:
        await announcements.return_turn(citizen_id, now)


def announce_beside(request: SignedInRequest, standing: LinkStanding) -> None:
    """Try again what could not be told, beside a page, which does not wait for it."""
    if standing.announce_at is not None and standing.announce_at <= request.occasion.now:
        task = asyncio.create_task(announce(request))
        _under_way.add(task)
        task.add_done_callback(_under_way.discard)


def is_confirmed(outcome: Outcome[tuple[ApplicationConsent, ...]], *, is_linked: bool) -> bool:
    """Tell whether the federation says of this portal what it was told; what it says of others does not count."""
    said = outcome.value if isinstance(outcome, Ready | Partial) else ()
    return any(one.id == OWN_APPLICATION and one.is_given is is_linked for one in said)
