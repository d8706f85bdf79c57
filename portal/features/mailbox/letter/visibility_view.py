"""Hide a document at its provider, or show it again: the one thing of a message that its citizen can change."""

from django.http import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.platform.access.guards import SeeOther, signed_in
from portal.platform.access.types import SignedInRequest

from .. import framing
from ..link.guarding import linked
from ..registry import hiding, locating
from . import hiding_many, message_view


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@linked
async def visibility(request: SignedInRequest, token: str) -> HttpResponseBase:
    """Hide or show a document, and lead back to its page, which says what came of it."""
    place = locating.located(request.session, token)
    if place is None:
        return message_view.not_here(request)
    own_page = reverse("mailbox:message", kwargs={"token": token})
    wanted = request.POST.get(hiding.SHOW)
    if request.method != "POST" or wanted not in ("0", "1"):
        return SeeOther(own_page)
    is_shown = wanted == "1"
    (came,) = (await hiding_many.hide(request, [place], is_shown=is_shown)).at
    done = "niet-gelukt"
    if came.done:
        done = "getoond" if is_shown else "verborgen"
    elif came.is_lacking:
        done = "kan-niet"
    return SeeOther(f"{own_page}?{framing.DONE}={done}")
