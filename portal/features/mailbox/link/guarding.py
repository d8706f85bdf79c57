"""Guard the pages of the eBox: only a citizen who linked it sees them, and has providers asked."""

from contextlib import suppress
from functools import wraps

from django.http import HttpResponseBase
from django.urls import reverse

from portal.platform.access.guards import SeeOther
from portal.platform.access.types import SignedIn, SignedInRequest

from .. import queries
from ..holding import NotLinked
from . import announcing


def needs_link[**Parts](view: SignedIn[Parts]) -> SignedIn[Parts]:
    """Let a view answer citizens who linked their eBox; redirect others to the page for linking. Below `signed_in`.

    It reads the link anew for each request, so a withdrawal in one tab holds at once in all. NotLinked, which the
    view raises where the link is withdrawn while it works, redirects too.
    """

    @wraps(view)
    async def guarded(request: SignedInRequest, /, *arguments: Parts.args, **named: Parts.kwargs) -> HttpResponseBase:
        standing = await queries.standing(request.session.citizen_id)
        if standing.link is not None:
            announcing.announce_beside(request, standing)
            with suppress(NotLinked):
                return await view(request, *arguments, **named)
        return SeeOther(reverse("mailbox:link"))

    return guarded
