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
    """Hide or show the document, and redirect to its page, which says whether that succeeded.

    A form that asks for neither changes nothing.
    """
    wanted = request.POST.get(hiding.SHOW)
    if wanted not in ("0", "1"):
        return SeeOther(own_page)
    is_shown = wanted == "1"
    # One document has one provider.
    (result,) = (await hiding_many.hide(request, [place], is_shown=is_shown)).results
    receipt = "niet-gelukt"
    if result.done:
        receipt = "getoond" if is_shown else "verborgen"
    elif result.is_lacking:
        receipt = "kan-niet"
    return SeeOther(f"{own_page}?{framing.DONE}={receipt}")
