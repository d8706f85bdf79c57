"""The actions on documents that were chosen in the list: hide or show, star, move to a folder, download.

Each redirects to the list from which the form was sent, which confirms it; only the download answers itself.
"""

from urllib.parse import urlencode

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.platform.access import carried
from portal.platform.access.guards import SeeOther, repeatable, signed_in
from portal.platform.access.types import SignedInRequest
from portal.platform.language import dates
from portal.platform.ui import file_names, streaming

from .. import framing
from ..arranged import doing
from ..letter import file_kinds, hiding_many
from ..link.guarding import needs_link
from ..registry import hiding
from . import choosing, frames
from .files_as_zip import FilesOfMany
from .seeking import SoughtMessages


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@needs_link
@repeatable  # what is hidden twice is hidden, and one form of the list can be sent again with other documents chosen
async def hide(request: SignedInRequest) -> HttpResponseBase:
    """Hide the chosen documents, or show them again."""
    if request.method != "POST":
        return SeeOther(framing.overview())
    places = choosing.chosen_in(request.session, request.POST)
    if not places:
        return SeeOther(back(request, {framing.DONE: frames.NOTHING_CHOSEN}))
    is_shown = request.POST.get(hiding.SHOW) == "1"
    result = await hiding_many.hide(request, places, is_shown=is_shown)
    return SeeOther(back(request, {frames.CHANGED: carried.seal(request.session, frames.CHANGED_SEALED, result)}))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@needs_link
@repeatable  # what has a star has one, and one form of the list can be sent again with other documents chosen
async def arrange(request: SignedInRequest) -> HttpResponseBase:
    """Give the chosen documents a star, take it away, or put them in a folder."""
    if request.method != "POST":
        return SeeOther(framing.overview())
    places = choosing.chosen_in(request.session, request.POST)
    if not places:
        return SeeOther(back(request, {framing.DONE: frames.NOTHING_CHOSEN}))
    return SeeOther(back(request, doing.seal(request.session, await doing.arrange(request, places))))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@needs_link
@repeatable  # the form says whether there is to be a star: twice is once
async def star(request: SignedInRequest) -> HttpResponseBase:
    """Give one document of the list a star, or take it away, and redirect to its row."""
    form = request.POST
    chosen = choosing.one_in(request.session, form, doing.STAR) or choosing.one_in(
        request.session, form, doing.NO_STAR
    )
    if request.method != "POST" or chosen is None:
        return SeeOther(framing.overview())
    at, place = chosen
    receipt = await doing.star(request, place, is_starred=doing.STAR in form)
    if receipt.trouble:
        return SeeOther(back(request, doing.seal(request.session, receipt)))
    return SeeOther(f"{back(request, {})}#document-{at}")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@needs_link
@repeatable  # what is handed over twice is handed over, and nothing of it is kept
async def take(request: SignedInRequest) -> HttpResponseBase:
    """Stream all files of the chosen documents as one ZIP."""
    if request.method != "POST":
        return SeeOther(framing.overview())
    places = choosing.chosen_in(request.session, request.POST)
    if not places:
        return SeeOther(back(request, {framing.DONE: frames.NOTHING_CHOSEN}))
    day = dates.day(request.occasion.now)
    name = f"{file_names.plain(_('eBox documenten - %(day)s') % {'day': day}, otherwise='eBox')}.zip"
    headers = {**streaming.HEADERS, **file_names.headers("attachment", name)}
    pieces = FilesOfMany(request, places).pieces()
    return StreamingHttpResponse(pieces, content_type=file_kinds.ZIP.media_type, headers=headers)


def back(request: SignedInRequest, more: dict[str, str]) -> str:
    """Give the address of the list from which a form was sent. more: query parameters for that page."""
    sealed = request.POST.get(frames.SOUGHT, "")
    sought = carried.unseal(SoughtMessages, request.session, frames.SEALED, sealed) if sealed else None
    address = frames.address_of(request.session, sought or SoughtMessages())
    if not more:
        return address
    return f"{address}{'&' if '?' in address else '?'}{urlencode(more)}"
