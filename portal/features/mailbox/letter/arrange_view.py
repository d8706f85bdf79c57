"""Give a document a star, or put it in a folder, from its own page."""

from urllib.parse import urlencode

from django.http import HttpResponseBase

from portal.platform.access.guards import SeeOther
from portal.platform.access.types import SignedInRequest

from ..arranged import doing
from ..registry.locating import MessagePlace
from .acting import acts_on_document


@acts_on_document
async def arrange(request: SignedInRequest, place: MessagePlace, own_page: str) -> HttpResponseBase:
    """Do it, and lead back to the document, which says how it stands."""
    came = await doing.arrange(request, [place])
    return SeeOther(f"{own_page}?{urlencode(doing.seal(request.session, came))}")
