"""Hide a document at its provider, or show it again: the one thing of a message that its citizen can change."""

from django.http import HttpResponseBase

from portal.platform.access.guards import SeeOther
from portal.platform.access.types import SignedInRequest

from .. import framing
from ..registry import hiding
from ..registry.locating import MessagePlace
from . import hiding_many
from .acting import acts_on_document


@acts_on_document
async def visibility(request: SignedInRequest, place: MessagePlace, own_page: str) -> HttpResponseBase:
    """Hide or show a document, and lead back to its page, which says what came of it."""
    wanted = request.POST.get(hiding.SHOW)
    if wanted not in ("0", "1"):
        return SeeOther(own_page)
    is_shown = wanted == "1"
    (came,) = (await hiding_many.hide(request, [place], is_shown=is_shown)).at
    done = "niet-gelukt"
    if came.done:
        done = "getoond" if is_shown else "verborgen"
    elif came.is_lacking:
        done = "kan-niet"
    return SeeOther(f"{own_page}?{framing.DONE}={done}")
