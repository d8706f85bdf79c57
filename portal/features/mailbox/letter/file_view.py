"""The download of a file of a message, streamed while it arrives from its provider."""

from http import HTTPStatus

from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from portal.platform.access.guards import SeeOther, signed_in
from portal.platform.access.types import SignedInRequest
from portal.platform.sources.reading.outcomes import Partial, Ready
from portal.platform.ui import file_names, streaming

from .. import framing
from ..link.guarding import needs_link
from ..registry import locating, looking, wording
from ..types import EboxProvider
from . import arriving, file_kinds, message_view, sheets

TITLE = _("Bestand in uw eBox")
HOW, SAVE = "wijze", "bewaren"  # query parameter and value: save the file, do not open it in the browser
# Of the page that says why a file cannot be had; 502 for any other reason.
STATUSES = {"nothing": HTTPStatus.NOT_FOUND, arriving.FULL: HTTPStatus.SERVICE_UNAVAILABLE}


@require_safe
@signed_in
@needs_link
async def attachment(request: SignedInRequest, token: str, number: int) -> HttpResponseBase:
    """Send a file. number: as `sheets.by_number`. Its provider counts the message as read where it is the main file.

    Redirects to the page of the message where that could not be had, or is registered mail that is not opened.
    """
    place = locating.locate(request.session, token)
    if place is None:
        return message_view.not_here(request)
    own_page = framing.page_of(token)
    provider = await looking.provider(request, place.provider)
    outcome = await looking.message(request, place.provider, place.id)
    if not isinstance(outcome, Ready | Partial) or not isinstance(provider, EboxProvider):
        return SeeOther(own_page)
    found = outcome.value
    if found.is_unopened and request.GET.get(message_view.OPENED) != "1":
        return SeeOther(own_page)
    wanted = sheets.by_number(found).get(number)
    if wanted is None:
        return message_view.not_here(request)
    begun, pieces = await arriving.begin(request, provider, place.id, wanted)
    if begun.why:
        return _answer_missing(request, provider, begun.why, own_page)
    is_shown = begun.kind.is_shown and request.GET.get(HOW) != SAVE
    name = file_kinds.file_name(begun.kind, wording.name_of_file(wanted))
    headers = {**streaming.HEADERS, **file_names.headers("inline" if is_shown else "attachment", name)}
    if begun.size is not None:
        headers["Content-Length"] = str(begun.size)
    return StreamingHttpResponse(pieces, content_type=begun.kind.media_type, headers=headers)


def _answer_missing(request: SignedInRequest, provider: EboxProvider, why: str, own_page: str) -> HttpResponseBase:
    context = {
        "title": TITLE,
        "crumbs": framing.crumbs((message_view.TITLE, own_page), (TITLE, "")),
        "has_errors": False,
        "why": why,
        "provider": wording.name_of_provider(provider),
        "own_page": own_page,
        "again": request.get_full_path(),
    }
    return render(request, "mailbox/file_not.html", context, status=STATUSES.get(why, HTTPStatus.BAD_GATEWAY))
