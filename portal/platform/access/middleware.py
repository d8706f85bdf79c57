"""Find the session of every request, and refuse unsafe requests (POST and the like) from another site.

Both need to know the view beforehand, by the marks of `guards`: `match_of` resolves the path.
"""

import logging
from collections.abc import Container
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, URLResolver, get_resolver
from django.utils.decorators import async_only_middleware

from . import cookies, form_key, sessions
from .derivation import is_same
from .guards import FIELD
from .types import Audience, Request, Respond

SAFE = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))
# Below these stand the addresses of machines: one that leads nowhere is answered as a machine reads it.
FOR_MACHINES = frozenset(("api", "machine"))

log = logging.getLogger("portal.access")

# Matches of paths without variable parts: no more of them than there are routes.
_same_for_all: dict[tuple[URLResolver, str], ResolverMatch] = {}
# The match of this request's path; it goes with the task that answers the request.
_match: ContextVar[tuple[URLResolver, str, ResolverMatch | None] | None] = ContextVar("match", default=None)


@async_only_middleware
def middleware(get_response: Respond) -> Respond:
    """Set `request.session` (a Session or None)."""

    async def respond(request: Request) -> HttpResponseBase:
        request.session = None
        request.session_trouble = None
        request.is_from_before = False
        try:
            request.session = await sessions.find(
                request.COOKIES.get(cookies.SESSION),
                now=datetime.now(UTC),
                is_visit=not waits_for_news(request.path_info),
            )
        except Exception as error:
            # Pages for anyone (help, say) are served all the same; guards of the others raise this error
            # (`guards.signed_in`).
            request.session_trouble = error
        return await get_response(request)

    return respond


@async_only_middleware
def forms(get_response: Respond) -> Respond:
    """Refuse unsafe requests that our own pages did not send.

    It runs after the budgets, since a refusal costs as much as a page. A form of one of our pages, but of an earlier
    session, is refused too, unless its view acts for nobody (`guards.without_token`) or only shows the form again
    (`guards.keeps_typed`, which looks at `request.is_from_before`). A form that is sent twice gets the first answer
    again (`form_key`), unless repeating it does no harm (`guards.repeatable`).
    """

    async def respond(request: Request) -> HttpResponseBase:
        if request.method in SAFE or leads_machines_nowhere(request.path_info):
            return await get_response(request)
        origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
        is_program = comes_from_program(request.method or "", request.path_info, request.headers)
        if not is_program and not comes_from_us(origin, site):
            return _refuse(request, "origin")
        if request.session is not None and not _view_has(request.path_info, "needs_no_token"):
            posted = request.POST.get(FIELD, "")
            if not is_same(posted, request.session.form_token):
                if not _view_has(request.path_info, "keeps_typed"):
                    return _refuse(request, "token")
                request.is_from_before = True
            elif not _view_has(request.path_info, "is_repeatable"):
                return await form_key.answer_once(request, request.session, get_response)
        return await get_response(request)

    return respond


def is_of_machine(request: Request) -> bool:
    """Tell whether a request changes something at a machine's address: its token, not a session, says who calls."""
    return request.method not in SAFE and is_for_machines(request.path_info)


def is_for_machines(path: str) -> bool:
    """Tell whether a path is a machine's (`machine_guard.for_machines`)."""
    return _view_has(path, "audience") is Audience.MACHINE


def comes_from_program(method: str, path: str, headers: Container[str]) -> bool:
    """Tell whether a program sends what a page for people takes from programs too (`guards.takes_programs`).

    headers: the names of the request's headers, in small letters. A browser sends one of the two, or both.
    """
    is_browser = "origin" in headers or "sec-fetch-site" in headers
    return method not in SAFE and not is_browser and bool(_view_has(path, "takes_programs"))


def reads_problems(method: str, path: str, headers: Container[str]) -> bool:
    """Tell whether a machine or a program asks, to which an error is a problem (RFC 9457) and no page.

    headers: as in `comes_from_program`.
    """
    return is_for_machines(path) or comes_from_program(method, path, headers)


def leads_machines_nowhere(path: str) -> bool:
    """Tell whether a path lies where machines' addresses are, and leads to none."""
    return path.partition("/")[2].partition("/")[0] in FOR_MACHINES and match_of(path) is None


def is_streamed(path: str) -> bool:
    """Tell whether a path's page comes in pieces (`guards.streams`)."""
    return bool(_view_has(path, "streams"))


def waits_for_news(path: str) -> bool:
    """Tell whether what a path answers waits for news (`guards.waits`)."""
    return bool(_view_has(path, "waits"))


def _view_has(path: str, mark: str) -> Any:
    match = match_of(path)
    return getattr(match.func, mark, False) if match else False


def match_of(path: str) -> ResolverMatch | None:
    """Resolve a path; None when it leads nowhere. Each request asks several times.

    The process remembers paths without variable parts. The others hold references and sealed values of people: only
    the request itself remembers those.
    """
    resolver = get_resolver()
    known = _match.get()
    if (same := _same_for_all.get((resolver, path))) is not None:
        if known is not None:
            _match.set(None)  # one task may answer several requests, and the match is of an earlier one
        return same
    if known is None or known[0] is not resolver or known[1] != path:
        match = _resolve(resolver, path)
        if match is not None and not match.kwargs and not match.args:
            _same_for_all[resolver, path] = match
            return match
        known = (resolver, path, match)
        _match.set(known)
    return known[2]


def _resolve(resolver: URLResolver, path: str) -> ResolverMatch | None:
    try:
        return resolver.resolve(path)
    except Resolver404:
        return None


def comes_from_us(origin: str | None, site: str | None) -> bool:
    """Tell whether a page of this portal sent a request. origin, site: its headers Origin and Sec-Fetch-Site.

    A page cannot write either header. Where the browser sends Sec-Fetch-Site, that decides: a page with the referrer
    policy `no-referrer` sends the Origin `null` even to itself. A browser that does not send it must name our origin.
    """
    ours: str = settings.PORTAL_ORIGIN
    if site is None:
        return origin == ours
    return site == "same-origin" and origin in (ours, "null", None)


def _refuse(request: Request, why: str) -> HttpResponseBase:
    log.warning("cross-site request refused: %s %s", why, getattr(request, "correlation_id", "-"))
    return render(request, "access/form_refused.html", status=403)
