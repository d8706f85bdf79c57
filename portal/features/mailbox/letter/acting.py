"""What all buttons on the page of a document share: the guards, reading the token, and the way back to the page."""

from collections.abc import Awaitable, Callable
from functools import wraps

from django.http import HttpResponseBase
from django.views.decorators.http import require_http_methods

from portal.platform.access.guards import SeeOther, signed_in
from portal.platform.access.types import Open, SignedInRequest

from .. import framing
from ..link.guarding import needs_link
from ..registry import locating
from ..registry.locating import MessagePlace
from . import message_view

# A view of a button: gets the request, the document, and the address of its page.
type Act = Callable[[SignedInRequest, MessagePlace, str], Awaitable[HttpResponseBase]]


def acts_on_document(act: Act) -> Open[str]:
    """Make a view of an address with a token. It runs on POST only; a GET redirects to the page of the document.

    A token of another session is answered with 404.
    """

    @require_http_methods(["GET", "HEAD", "POST"])
    @signed_in
    @needs_link
    @wraps(act)
    async def guarded(request: SignedInRequest, token: str) -> HttpResponseBase:
        place = locating.locate(request.session, token)
        if place is None:
            return message_view.not_here(request)
        own_page = framing.page_of(token)
        return await act(request, place, own_page) if request.method == "POST" else SeeOther(own_page)

    return guarded
