"""Only who linked their eBox sees what is in it, and has it asked."""

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
    """Let a view answer who linked their eBox; others are led to where they can. Below `signed_in`.

    It looks each time, in a statement of its own: a withdrawal holds for the next request, in every tab. One that
    comes while the view works leads there too.
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
