"""The pages that every site must have: cookies, accessibility, and those for errors (`handler404` and the like)."""

import sys
from http import HTTPStatus

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import is_valid_path
from django.views.decorators.http import require_safe

from portal.platform.access import form_key, storage
from portal.platform.access.guards import SeeOther, anyone
from portal.platform.access.machine_guard import problem
from portal.platform.access.middleware import leads_machines_nowhere
from portal.platform.access.types import Request
from portal.platform.database.pool import DatabaseBusy
from portal.platform.ui.links import links

from . import audit

RETRY_SECONDS = 30  # of Retry-After, when the portal is too busy


@require_safe
@anyone
async def cookies(request: Request) -> HttpResponse:
    """List every cookie, from the declarations that the code itself uses."""
    return render(request, "site/cookies.html", {"storage": storage.declarations()})


@require_safe
@anyone
async def accessibility(request: Request) -> HttpResponse:
    """Show the accessibility statement."""
    context = {"email": settings.CONTACT_EMAIL, "audit": audit.last()}
    return render(request, "site/accessibility.html", context)


def not_found(request: Request, exception: Exception) -> HttpResponse:
    """Answer an address that does not exist; redirect one that only lacks its last slash, with its query.

    What is not only asked for is sent there as it was (308): after a 301 it would be asked for, without its body.
    """
    if not request.path.endswith("/") and is_valid_path(f"{request.path}/"):
        reads = request.method in ("GET", "HEAD")
        status = HTTPStatus.MOVED_PERMANENTLY if reads else HTTPStatus.PERMANENT_REDIRECT
        return SeeOther(request.get_full_path(force_append_slash=True), status)
    if leads_machines_nowhere(request.path):
        detail = "There is no such address; /api/openapi.json lists those that there are."
        return problem(HTTPStatus.NOT_FOUND, "resourceNotFound", detail)
    return render(request, "site/not_found.html", status=HTTPStatus.NOT_FOUND)


def bad_request(request: Request, exception: Exception) -> HttpResponse:
    """Answer a request that Django refuses as malformed or suspicious."""
    return render(request, "site/bad_request.html", status=HTTPStatus.BAD_REQUEST)


def server_error(request: Request) -> HttpResponse:
    """Answer an uncaught error, without details of it: 503 when the database is too busy, else 500.

    A form comes back with what was typed in it.
    """
    if not isinstance(sys.exception(), DatabaseBusy):
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        return form_key.keep_for_later(request, "failed", status) or render(
            request, "site/failed.html", status=status
        )
    status = HTTPStatus.SERVICE_UNAVAILABLE
    response = form_key.keep_for_later(request, "busy", status) or render(
        request, "site/busy.html", {"again": _again(request)}, status=status
    )
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _again(request: Request) -> str:
    """Give the address at which to try again; after a form that cannot be given back, the start page.

    Whoever came back from the provider signs in again: the provider's code holds once, and not for long.
    """
    if request.path == links.return_from_provider():
        return links.sign_in()
    return str(request.get_full_path()) if request.method == "GET" else links.start()
