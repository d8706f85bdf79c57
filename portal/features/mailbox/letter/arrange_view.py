"""Give a document a star, or put it in a folder, from its own page."""

from urllib.parse import urlencode

from django.http import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.platform.access.guards import SeeOther, signed_in
from portal.platform.access.types import SignedInRequest

from ..arranged import doing
from ..link.guarding import linked
from ..registry import locating
from . import message_view


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@linked
async def arrange(request: SignedInRequest, token: str) -> HttpResponseBase:
    """Do it, and lead back to the document, which says how it stands."""
    place = locating.located(request.session, token)
    if place is None:
        return message_view.not_here(request)
    own_page = reverse("mailbox:message", kwargs={"token": token})
    if request.method != "POST":
        return SeeOther(own_page)
    came = await doing.arrange(request, [place])
    return SeeOther(f"{own_page}?{urlencode(doing.sealed(request.session, came))}")
