"""The page on which a citizen has everything erased, and its receipt. Only after a fresh sign-in."""

import logging
from http import HTTPStatus
from typing import Any, cast

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods

from portal.platform.access import cookies, erasing
from portal.platform.access.erasing import AlreadyErased, Erased, SignedOut
from portal.platform.access.guards import SeeOther, recently_signed_in
from portal.platform.access.types import Request, SignedInRequest
from portal.platform.database.pool import DatabaseBusy
from portal.platform.ui.links import links

from .. import journalling, keepers
from ..policy import framing
from .forms import EraseForm

TITLE = _("Alles wissen")
DONE = _("Alles is gewist")
CLEAR = '"cache", "storage"'
RETRY_SECONDS = 5

log = logging.getLogger("portal.privacy")


@require_http_methods(["GET", "HEAD", "POST"])
@recently_signed_in
async def erase(request: SignedInRequest) -> HttpResponseBase:
    """Show what goes and what stays (GET), or erase everything and show the receipt (POST)."""
    form = EraseForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return _page(request, form, status=status)
    try:
        erased = await erasing.erase(request.session, request.occasion, journalling.ERASING, erasing.forget_steps())
    except AlreadyErased:
        return _receipt(request, None)
    except SignedOut:
        # Another tab signed out just now: nothing was erased, and no page may say that it was.
        return SeeOther(links.session_ended(request.path))
    except DatabaseBusy as error:
        log.error("not erased: %s %s", error.code, request.correlation_id)
        response = _page(request, form, trouble="busy", status=HTTPStatus.SERVICE_UNAVAILABLE)
        response["Retry-After"] = str(RETRY_SECONDS)
        return response
    log.info("erased %s", request.correlation_id)
    return _receipt(request, erased)


def _page(request: SignedInRequest, form: EraseForm, *, status: HTTPStatus, trouble: str = "") -> HttpResponseBase:
    context: dict[str, Any] = {
        "title": TITLE,
        "titles": [keeper.title for keeper in keepers.every_keeper() if keeper.words],
        "form": form,
        "trouble": trouble,
        "crumbs": framing.crumbs(TITLE),
    }
    return render(request, "privacy/erase.html", context, status=status)


def _receipt(request: SignedInRequest, erased: Erased | None) -> HttpResponseBase:
    """Show the receipt without a session, and clear the browser. erased: None when all was erased before."""
    cast("Request", request).session = None
    context = {"title": DONE, "erased": erased, "start": links.landing()}
    response = render(request, "privacy/erased.html", context)
    cookies.remove(response, cookies.SESSION, *cookies.pending_names(request.COOKIES))
    response["Clear-Site-Data"] = CLEAR
    response["Cache-Control"] = "no-store"
    return response
