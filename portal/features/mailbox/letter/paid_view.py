"""Mark what a document wants as paid, or take that back: the citizen's own note, which nobody else sees."""

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
    """Keep the note or take it away, and lead back to the document, which says how it stands."""
    change = paid.mark if request.POST.get(PAID) == "1" else paid.unmark
    await change(request.occasion, place.key)
    return SeeOther(f"{own_page}{PLACE}")
