"""Keep a copy of the document that is open."""

from urllib.parse import urlencode

from django.http import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.platform.access.guards import SeeOther, signed_in
from portal.platform.access.types import SignedInRequest

from .. import framing
from ..copies.writing import NO_ARCHIVE, CopyThere, NotKept
from ..letter import message_view
from ..link.guarding import linked
from ..registry import locating
from . import keeping, places


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@linked
async def keep(request: SignedInRequest, token: str) -> HttpResponseBase:
    """Keep a copy, and lead to it; or back to the document, which says why there is none."""
    place = locating.located(request.session, token)
    if place is None:
        return message_view.not_here(request)
    own_page = reverse("mailbox:message", kwargs={"token": token})
    if request.method != "POST":
        return SeeOther(own_page)
    is_opened = request.POST.get(message_view.OPENED) == "1"
    try:
        copy_id = await keeping.keep(request, place, is_opened=is_opened)
    except CopyThere as error:
        return SeeOther(_page_of(error.copy_id, places.THERE))
    except NotKept as error:
        if error.why == NO_ARCHIVE:
            return SeeOther(reverse("mailbox:archive_begin"))
        return SeeOther(f"{own_page}?{urlencode({message_view.NOT_KEPT: error.why})}")
    return SeeOther(_page_of(copy_id, places.KEPT))


def _page_of(copy_id: object, done: str) -> str:
    return f"{places.overview()}{copy_id}/?{framing.DONE}={done}"
