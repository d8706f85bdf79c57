"""The button on the page of a document that hides it at its provider, or shows it again."""

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
    """Hide or show the document, and redirect to its page, which says whether that succeeded."""
    wanted = request.POST.get(hiding.SHOW)
    if wanted not in ("0", "1"):
        return SeeOther(own_page)
    is_shown = wanted == "1"
    (result,) = (await hiding_many.hide(request, [place], is_shown=is_shown)).at
    done = "niet-gelukt"
    if result.done:
        done = "getoond" if is_shown else "verborgen"
    elif result.is_lacking:
        done = "kan-niet"
    return SeeOther(f"{own_page}?{framing.DONE}={done}")
