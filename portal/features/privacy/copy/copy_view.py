"""The page on which a citizen downloads all that is kept of them, as one ZIP. Only after a fresh sign-in."""

from collections.abc import Mapping
from http import HTTPStatus

from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods

from portal.platform.access.guards import recently_signed_in, repeatable
from portal.platform.access.types import SignedInRequest
from portal.platform.kit.errors import PortalError
from portal.platform.language import dates
from portal.platform.ui import file_names, streaming

from .. import keepers
from ..policy import framing
from .making import CopyBusy, CopyUnderWay, OwnCopy

TITLE = _("Alles over mij")
MEDIA_TYPE = "application/zip"
# Of Retry-After: the page asks who comes when it is busy to wait half a minute.
RETRY_SECONDS: Mapping[type[PortalError], int] = {CopyBusy: 30, CopyUnderWay: 15}


@require_http_methods(["GET", "HEAD", "POST"])
@recently_signed_in
@repeatable  # A second copy changes nothing: none is stored.
async def own_copy(request: SignedInRequest) -> HttpResponseBase:
    """Show what is in the copy (GET), or stream it (POST); 429 while one is being made, or too many are."""
    if request.method != "POST":
        return _page(request)
    pieces = OwnCopy(request).pieces()
    try:
        # The first piece is empty: it comes once the copy has its place and stands in the journal.
        await anext(pieces)
    except (CopyBusy, CopyUnderWay) as error:
        response = _page(request, error.code, HTTPStatus.TOO_MANY_REQUESTS)
        response["Retry-After"] = str(RETRY_SECONDS[type(error)])
        return response
    name = _t("Alles over mij - %(day)s") % {"day": dates.day(request.occasion.now)}
    headers = {
        **streaming.HEADERS,
        **file_names.headers("attachment", f"{file_names.plain(name, otherwise='alles')}.zip"),
    }
    return StreamingHttpResponse(pieces, content_type=MEDIA_TYPE, headers=headers)


def _page(request: SignedInRequest, trouble: str = "", status: HTTPStatus = HTTPStatus.OK) -> HttpResponseBase:
    context = {
        "title": TITLE,
        "keepers": [keeper for keeper in keepers.every_keeper() if keeper.words],
        "trouble": trouble,
        "crumbs": framing.crumbs(TITLE),
    }
    return render(request, "privacy/own_copy.html", context, status=status)
