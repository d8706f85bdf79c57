"""What every button on the page of a document has in common: of which document it is, and where it leads back to."""

from collections.abc import Awaitable, Callable
from functools import wraps

from django.http import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.platform.access.guards import SeeOther, signed_in
from portal.platform.access.types import Open, SignedInRequest

from ..link.guarding import needs_link
from ..registry import locating
from ..registry.locating import MessagePlace
from . import message_view

# Does something with a document, whose own page is given too.
type Act = Callable[[SignedInRequest, MessagePlace, str], Awaitable[HttpResponseBase]]


def acts_on_document(act: Act) -> Open[str]:
    """Let who linked their eBox do something with a document by a POST; all else leads to its page.

    An address that means none in this session is said to be none.
    """

    @require_http_methods(["GET", "HEAD", "POST"])
    @signed_in
    @needs_link
    @wraps(act)
    async def guarded(request: SignedInRequest, token: str) -> HttpResponseBase:
        place = locating.locate(request.session, token)
        if place is None:
            return message_view.not_here(request)
        own_page = reverse("mailbox:message", kwargs={"token": token})
        return await act(request, place, own_page) if request.method == "POST" else SeeOther(own_page)

    return guarded
