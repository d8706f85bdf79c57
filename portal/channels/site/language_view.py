"""The choice of another language, and the cookie that remembers it."""

from django.http import HttpResponseBase
from django.views.decorators.http import require_POST

from portal.platform.access import return_path
from portal.platform.access.guards import SeeOther, anyone, no_destination, without_token
from portal.platform.access.types import Request
from portal.platform.language import offer
from portal.platform.language.middleware import COOKIE


@require_POST
@anyone
@no_destination
@without_token
async def choose(request: Request) -> HttpResponseBase:
    """Set the language of all later pages, by a button of the frame, and lead back to the page with that button.

    It changes no data of anybody, so it needs no token: a page from before a new sign-in has these buttons too.
    """
    response = SeeOther(return_path.readable(request.POST.get("naar")))
    language = offer.known_language(request.POST.get("taal"))
    if language == offer.DUTCH:
        response.delete_cookie(COOKIE, path="/", samesite="Lax")
    else:
        response.set_cookie(COOKIE, language, path="/", secure=True, httponly=True, samesite="Lax")
    return response
