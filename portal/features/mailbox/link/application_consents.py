"""Ask the federation in which applications a citizen's eBox is linked, for citizens who linked it here."""

from portal.platform.access.types import SignedInRequest
from portal.platform.sources.reading.outcomes import Outcome

from .. import queries
from ..registry import looking
from ..types import ApplicationConsent, LinkStanding
from . import announcing


async def look(request: SignedInRequest) -> tuple[LinkStanding, Outcome[tuple[ApplicationConsent, ...]] | None]:
    """Read the citizen's link here, and ask the federation for its lines about them.

    The outcome is None, and nothing is asked, where they have no link here. A pending announcement is sent first, so
    that the lines include it.
    """
    standing = await queries.standing(request.session.citizen_id)
    if standing.is_unannounced:
        await announcing.announce(request)
        standing = await queries.standing(request.session.citizen_id)
    return standing, None if standing.link is None else await looking.consents(request)
