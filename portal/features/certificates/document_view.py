"""Return a document that a page carries, to be shown in the browser or saved under its name. Nothing is kept."""

from http import HTTPStatus

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods

from portal.platform.access.guards import signed_in, without_token
from portal.platform.access.types import SignedInRequest
from portal.platform.sources import beside
from portal.platform.ui import file_names

from . import carrying, framing

GONE = _("Vraag uw attest opnieuw")
SHOW = "tonen"
LARGE = 256 * 1024  # bytes of a form; a larger one is read in a thread


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@without_token  # It returns what was sent, if this session handed it over, and changes nothing.
async def document(request: SignedInRequest) -> HttpResponseBase:
    """Answer with the document, or with a page that says to ask for it again."""
    if request.method != "POST":
        return _answer_gone(request, HTTPStatus.OK)
    # `config.uploads` lets no larger form through: it leads the browser back here, with `te-groot` in the address.
    form = bytes(request.read(carrying.MOST))
    returned = await beside.run(len(form) > LARGE, carrying.document_sent_back, request.session, form)
    if returned is None:
        return _answer_gone(request, HTTPStatus.UNPROCESSABLE_ENTITY)
    disposition_type: file_names.DispositionType = "inline" if returned.how == SHOW else "attachment"
    headers = file_names.headers(disposition_type, returned.label.name)
    return HttpResponse(returned.content, content_type=returned.label.media_type, headers=headers)


def _answer_gone(request: SignedInRequest, status: HTTPStatus) -> HttpResponseBase:
    context = {
        "title": GONE,
        "crumbs": framing.crumbs((GONE, "")),
        "is_too_large": "te-groot" in request.GET,
        "session": request.session,
    }
    return render(request, "certificates/gone.html", context, status=status)
