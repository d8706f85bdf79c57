"""The middleware that numbers each request, sets the policy of each page, and logs one line for each."""

import logging
import secrets
import sys
import time
import uuid
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.signals import got_request_exception
from django.dispatch import receiver
from django.http import HttpResponse, HttpResponseBase
from django.utils.decorators import async_only_middleware

from portal.platform.access.middleware import is_for_machines, is_streamed, reads_problems
from portal.platform.access.types import Request, Respond
from portal.platform.database.pool import DatabaseBusy
from portal.platform.feature import installed
from portal.platform.language.texts import gettext as _
from portal.platform.tallies import counting
from portal.platform.ui import first_bytes
from portal.platform.ui.links import links

from . import machine_refusals
from .security_headers import frames_of

PLAIN = "text/plain; charset=utf-8"
OUR_ADDRESS = urlsplit(settings.PORTAL_ORIGIN).netloc  # its host is allowed (ALLOWED_HOSTS)

log = logging.getLogger("portal.request")


def _origin_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def content_policy(nonce: str, room: str = "", *, is_start: bool = False) -> str:
    """Write the content security policy of a page: our own files, scripts with the nonce, and what its feature
    declares.

    room: the URL namespace of the page. The start page holds blocks of features, so it may load what they declare.
    `form-action` also names the sign-in provider, because Chromium applies it to the redirects of a form (sign-out).
    """
    return _policy(room, is_start).replace("NONCE", nonce)


@cache
def _policy(room: str, is_start: bool) -> str:
    """Write the policy of the pages of a room; what a feature declares widens only its own pages."""
    directives = {
        "default-src": ["'none'"],
        "script-src": ["'nonce-NONCE'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'", _origin_of(settings.OIDC_ISSUER)],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    for feature in installed.features():
        if feature.id == room or (is_start and feature.blocks):
            for directive, origins in feature.policy.items():
                directives.setdefault(directive, ["'self'"]).extend(origins)
    return "; ".join(f"{directive} {' '.join(allowed)}" for directive, allowed in directives.items())


@async_only_middleware
def middleware(get_response: Respond) -> Respond:
    """Refuse foreign hosts, give the request a correlation id and a nonce, set the policy of a page, and log one
    line.

    The log has no personal data: the route's name instead of the path, and never the query.
    """

    async def respond(request: Request) -> HttpResponseBase:
        started = time.perf_counter()
        request.correlation_id = str(uuid.uuid4())
        is_page = not is_for_machines(request.path_info)
        request.csp_nonce = secrets.token_urlsafe(16) if is_page else ""
        if request.method == "GET" and is_streamed(request.path_info):
            first_bytes.expect(request.correlation_id)
        try:
            response = await _answer(request, get_response)
        except BaseException:
            # The client disconnected.
            first_bytes.register(request.correlation_id)
            raise
        if not response.streaming:
            first_bytes.register(request.correlation_id)
        match = request.resolver_match
        if is_page:
            # What machines get is no page. All other headers are added to every answer alike (`security_headers`).
            room, is_start = match.namespace if match else "", request.path_info == links.start()
            policy = content_policy(request.csp_nonce, room, is_start=is_start)
            response.headers.setdefault("Content-Security-Policy", policy)
        # RFC 9110, 8.6: none with 204; and of an answer to HEAD, the length would be that of GET.
        has_length = request.method != "HEAD" and response.status_code != HTTPStatus.NO_CONTENT
        if has_length and isinstance(response, HttpResponse):
            response.headers.setdefault("Content-Length", str(len(response.content)))
        log.info(
            "%s %s %s %.1f ms %s",
            request.method,
            match.view_name if match else "-",
            response.status_code,
            (time.perf_counter() - started) * 1000,
            request.correlation_id,
        )
        if match:
            counting.note(match.view_name, request.method, response.status_code, response.headers["Content-Type"])
        return response

    return respond


async def _answer(request: Request, get_response: Respond) -> HttpResponseBase:
    try:
        if request.META.get("HTTP_HOST") != OUR_ADDRESS:
            request.get_host()
    except DisallowedHost:
        return HttpResponse(_("Dit adres hoort niet bij Mijn Burgerprofiel."), PLAIN, HTTPStatus.BAD_REQUEST)
    response = await get_response(request)
    is_error = response.status_code >= HTTPStatus.BAD_REQUEST
    if is_error and reads_problems(request.method or "", request.path_info, request.headers):
        return machine_refusals.as_problem(response)
    is_refused = response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    if is_refused and isinstance(response, HttpResponse) and not response.content:
        response.content = _(
            "Dit adres kan zo niet gebruikt worden. Ga terug en probeer het via de knop op de pagina."
        )
        response.headers["Content-Type"] = PLAIN
    return response


@receiver(got_request_exception)
def log_exception(request: Request | None = None, **_: Any) -> None:
    """Log the type and the place of an uncaught error, with the correlation id that the page shows.

    Without its message, which can hold what somebody typed or what a body answered.
    """
    error = sys.exception()
    if isinstance(error, DatabaseBusy):
        # This usually happens to many requests at once, and the place in the code does not matter.
        log.warning("busy: %s %s", error.detail, getattr(request, "correlation_id", "-"))
        return
    name = type(error).__name__ if error else "-"
    log.error("failed: %s at %s %s", name, frames_of(error), getattr(request, "correlation_id", "-"))
