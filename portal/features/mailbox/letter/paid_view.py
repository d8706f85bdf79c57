"""The button on the page of a document that marks its payment as paid, or takes that back."""

from django.http import HttpResponseBase

from portal.platform.access.guards import SeeOther
from portal.platform.access.types import SignedInRequest

from ..payments import paid
from ..registry.locating import MessagePlace
from .acting import acts_on_document

PAID = "betaald"
PLACE = "#betaling"


@acts_on_document
async def note(request: SignedInRequest, place: MessagePlace, own_page: str) -> HttpResponseBase:
    """Add the mark or delete it, and redirect to the page of the document, which shows it."""
    change = paid.mark if request.POST.get(PAID) == "1" else paid.unmark
    await change(request.occasion, place.key)
    return SeeOther(f"{own_page}{PLACE}")
