"""Tell the federation that an eBox is linked here or is not any more, in the citizen's own request, by their token.

It neither delays nor undoes what the citizen chose, which is kept before. What could not be told is tried again with
their next pages. Whatever they choose meanwhile, the last word that is told is the last that they chose.
"""

import asyncio
import logging

from portal.platform.access.types import SignedInRequest
from portal.platform.database import pool
from portal.platform.sources.reading.outcomes import Late, Outcome, Partial, Ready

from .. import queries, untold
from ..registry import looking
from ..types import OWN_APPLICATION, ApplicationConsent, LinkStanding

MOST_TURNS = 3  # of one request, where the citizen changes their mind meanwhile

log = logging.getLogger("portal.mailbox")
_under_way: set[asyncio.Task[None]] = set()


async def tell(request: SignedInRequest) -> None:
    """Tell how it stands now, if it is not told yet and nobody else is telling it; nothing is raised."""
    try:
        await _tell(request)
    except Exception as error:
        # The citizen's choice stands; by its type alone, since a message can quote a value.
        log.error("not told to the federation: %s %s", type(error).__name__, request.occasion.correlation_id)


async def _tell(request: SignedInRequest) -> None:
    citizen_id, now = request.session.citizen_id, request.occasion.now
    for _ in range(MOST_TURNS):
        async with pool.as_citizen(citizen_id) as conn:
            wish = await untold.hold(conn, citizen_id, now)
            if wish is None:
                return
            is_linked = await queries.link_in(conn, citizen_id) is not None
        outcome = await looking.tell_own_consent(request, is_given=is_linked)
        if isinstance(outcome, Late):
            # It may still arrive: the turn is kept until it does not matter any more.
            return
        if not is_heard(outcome, is_linked=is_linked):
            await untold.let_go(citizen_id, now)
            return
        if await untold.settle(citizen_id, wish, now):
            return


def begin(request: SignedInRequest, standing: LinkStanding) -> None:
    """Try again what could not be told, beside a page, which does not wait for it."""
    if standing.untold_at is not None and standing.untold_at <= request.occasion.now:
        task = asyncio.create_task(tell(request))
        _under_way.add(task)
        task.add_done_callback(_under_way.discard)


def is_heard(outcome: Outcome[tuple[ApplicationConsent, ...]], *, is_linked: bool) -> bool:
    """Tell whether the federation says of this portal what it was told; what it says of others does not count."""
    said = outcome.value if isinstance(outcome, Ready | Partial) else ()
    return any(one.id == OWN_APPLICATION and one.is_given is is_linked for one in said)
