"""Mark what a document wants as paid, or take that back: the citizen's own note, which nobody else sees."""

from django.http import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.platform.access.guards import SeeOther, signed_in
from portal.platform.access.types import SignedInRequest

from ..link.guarding import linked
from ..payments import paid
from ..registry import locating
from ..types import key_of
from . import message_view

PAID = "betaald"
PLACE = "#betaling"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@linked
async def note(request: SignedInRequest, token: str) -> HttpResponseBase:
    """Keep the note or take it away, and lead back to the document, which says how it stands."""
    place = locating.located(request.session, token)
    if place is None:
        return message_view.not_here(request)
    if request.method == "POST":
        change = paid.mark if request.POST.get(PAID) == "1" else paid.unmark
        await change(request.occasion, key_of(place.provider, place.id))
    return SeeOther(f"{reverse('mailbox:message', kwargs={'token': token})}{PLACE}")
