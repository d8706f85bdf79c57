"""The button on the page of a document that keeps a copy of it."""

from urllib.parse import urlencode

from django.http import HttpResponseBase
from django.urls import reverse

from portal.platform.access.guards import SeeOther
from portal.platform.access.types import SignedInRequest

from .. import framing
from ..copies.writing import NO_ARCHIVE, CopyThere, NotKept
from ..letter import message_view
from ..letter.acting import acts_on_document
from ..registry.locating import MessagePlace
from . import keeping, places


@acts_on_document
async def keep(request: SignedInRequest, place: MessagePlace, own_page: str) -> HttpResponseBase:
    """Keep a copy and redirect to it; or back to the document with the reason why there is none."""
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
