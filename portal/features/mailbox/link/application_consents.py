"""Look in which applications an eBox is linked: asked for whoever linked it here, and nobody else."""

from portal.platform.access.types import SignedInRequest
from portal.platform.sources.reading.outcomes import Outcome

from .. import queries
from ..registry import looking
from ..types import ApplicationConsent, LinkStanding
from . import announcing


async def look(request: SignedInRequest) -> tuple[LinkStanding, Outcome[tuple[ApplicationConsent, ...]] | None]:
    """Ask where the eBox of whoever is signed in is linked, and say how it stands with the link here.

    None, and nobody is asked, for who has no link here. What the federation does not know of it is told first, so
    that its answer says it.
    """
    standing = await queries.standing(request.session.citizen_id)
    if standing.is_unannounced:
        await announcing.announce(request)
        standing = await queries.standing(request.session.citizen_id)
    return standing, None if standing.link is None else await looking.consents(request)
