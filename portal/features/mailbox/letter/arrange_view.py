"""The buttons on the page of a document that give it a star or put it in a folder."""

from urllib.parse import urlencode

from django.http import HttpResponseBase

from portal.platform.access.guards import SeeOther
from portal.platform.access.types import SignedInRequest

from ..arranged import doing
from ..registry.locating import MessagePlace
from .acting import acts_on_document


@acts_on_document
async def arrange(request: SignedInRequest, place: MessagePlace, own_page: str) -> HttpResponseBase:
    """Arrange the document, and redirect to its page, which confirms it."""
    receipt = await doing.arrange(request, [place])
    return SeeOther(f"{own_page}?{urlencode(doing.seal(request.session, receipt))}")
