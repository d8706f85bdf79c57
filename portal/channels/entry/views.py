"""The views of signing in, coming back from the identity provider, extending a session, and signing out."""

import logging
from datetime import UTC, datetime
from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from portal.platform.access import cookies, device, erasing, oidc, pending, return_path, sessions
from portal.platform.access.errors import SignInError, StateMismatch
from portal.platform.access.guards import (
    SeeOther,
    anyone,
    no_destination,
    repeatable,
    session_of,
    signed_in,
    without_token,
)
from portal.platform.access.once import once
from portal.platform.access.pending import Pending
from portal.platform.access.types import Identity, Refused, Request, SignedInRequest, SignInFailure, View
from portal.platform.journal.types import Occasion
from portal.platform.keys import pseudonym
from portal.platform.keys.boxes import Box
from portal.platform.kit.unprinted import Unprinted
from portal.platform.ui.links import links

from . import admission, new_device, session_list
from .admission import judge, name_of_register

log = logging.getLogger("portal.access")

RETRY_SECONDS = 5  # of Retry-After, when somebody cannot be signed out
NOT_REACHED = "niet-bereikt"  # the value of `aanbieder` when the provider cannot be asked to sign somebody out
# The Clear-Site-Data of a sign-out. Not "cookies": browsers would delete those of the whole domain, including the
# provider's, before the sign-out there.
CLEAR = '"cache", "storage"'

# The status of the page that explains a reason; 403 for the others.
STATUS = {
    SignInFailure.PROVIDER_UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    SignInFailure.PROVIDER_SLOW: HTTPStatus.SERVICE_UNAVAILABLE,
    SignInFailure.AGE_NOT_KNOWN: HTTPStatus.SERVICE_UNAVAILABLE,
    SignInFailure.EXPIRED: HTTPStatus.BAD_REQUEST,
    SignInFailure.CANCELLED: HTTPStatus.BAD_REQUEST,
    SignInFailure.FAILED: HTTPStatus.BAD_REQUEST,
}


class ReturnResult(Unprinted, frozen=True):
    """The result of a return from the provider: the address to lead to, and the session's cookie if one was opened.

    Never printed.
    """

    location: str
    session: str | None = None


def sign_in_page(view: View) -> View:
    """Mark a view of signing in: kept out of caches and Referer headers, and never a page to return to."""

    @wraps(view)
    async def answer(request: Request, *arguments: Any, **named: Any) -> HttpResponseBase:
        response = await view(request, *arguments, **named)
        response.headers["Cache-Control"] = "no-store"
        # From a page with a form, browsers must send the origin to us, which the check of forms needs.
        is_page = response.status_code not in (HTTPStatus.FOUND, HTTPStatus.SEE_OTHER)
        response.headers["Referrer-Policy"] = "same-origin" if is_page else "no-referrer"
        return response

    return no_destination(answer)


@sign_in_page
@require_safe
@anyone
async def sign_in(request: Request) -> HttpResponseBase:
    """Send somebody to the provider; who is signed in already goes on to the page that they wanted.

    With `opnieuw` the provider asks who they are again, also when they are signed in.
    """
    if request.method == "HEAD":
        # A HEAD request begins no sign-in.
        return HttpResponse()
    earlier = await pending.read(request.COOKIES, request.GET.get("state", ""), now=_now())
    path = request.GET.get("naar") or (earlier.path if earlier is not None else None)
    started = pending.begin(path, now=_now(), is_anew="opnieuw" in request.GET)
    if session_of(request) is not None and not started.is_anew:
        return SeeOther(started.path)
    try:
        address = await oidc.sign_in_address(
            started, redirect_uri=_absolute(links.return_from_provider()), now=_now()
        )
    except SignInError as error:
        return _explain(request, error, started.path)
    response = SeeOther(address, HTTPStatus.FOUND)
    await _remember(request, response, started)
    if earlier is not None:
        cookies.remove(response, earlier.cookie_name)
    return response


@sign_in_page
@require_safe
@signed_in
async def sign_in_again(request: SignedInRequest) -> HttpResponse:
    """Explain why somebody who is signed in must show again who they are, with the link to do so."""
    again = links.sign_in_anew(return_path.safe_path(request.GET.get("naar")))
    return render(request, "entry/sign_in_again.html", {"again": again})


@sign_in_page
@require_GET
@anyone
async def come_back(request: Request) -> HttpResponseBase:
    """Find out who came back from the provider and whether they may come in, and open a session.

    A return that comes twice (a double click, a reload, a second tab) is processed once. A repeat during the
    processing gets the same answer; a later one leads to the same address, without a session.
    """
    state = request.GET.get("state", "")
    earlier_address = pending.destination_of(request.COOKIES, state)
    if earlier_address is not None:
        return SeeOther(earlier_address)
    started = await pending.read(request.COOKIES, state, now=_now())
    if started is None:
        # The back button, or an old tab: somebody who is signed in need not read about a failure.
        return SeeOther(links.landing()) if session_of(request) else _explain(request, StateMismatch())
    shared_answer = await once(started.mark, Box(started.answer_key), lambda: _handle_return(request, started))
    if shared_answer is None:
        return _to_not_done(SignInFailure.PROVIDER_SLOW, started.path)
    result = msgspec.json.decode(shared_answer.answer, type=ReturnResult)
    response = SeeOther(result.location)
    if result.session is None:
        cookies.remove(response, started.cookie_name)
        return response
    if not shared_answer.is_late:
        cookies.set_session(response, result.session)
    cookies.set_destination(response, started.cookie_name, pending.write_destination(started))
    return response


async def _handle_return(request: Request, started: Pending) -> bytes:
    """Process a return from the provider; give a ReturnResult as JSON."""
    path = started.path
    try:
        code = oidc.code_in(request.GET, started)
        identified = await oidc.identify(
            code,
            started,
            names_issuer="iss" in request.GET,
            redirect_uri=_absolute(links.return_from_provider()),
            now=_now(),
        )
    except SignInError as error:
        return msgspec.json.encode(ReturnResult(_explain(request, error, path).url))
    if isinstance(identified, Refused):
        return msgspec.json.encode(ReturnResult(_refuse(request, identified, path).url))
    return msgspec.json.encode(await _open(request, identified, started))


@sign_in_page
@require_safe
@anyone
async def not_done(request: Request, reason: str) -> HttpResponse:
    """Explain why a sign-in did not succeed, and what one can do now. reason: a `SignInFailure`, else 404."""
    try:
        known = SignInFailure(reason)
    except ValueError:
        raise Http404 from None
    path = return_path.safe_path(request.GET.get("naar"))
    return render(
        request,
        f"entry/not_done_{known}.html",
        {
            "again": links.sign_in(path),
            "path": path,
            "reference": _reference(request),
            "register": name_of_register(),
        },
        status=STATUS.get(known, HTTPStatus.FORBIDDEN),
    )


@sign_in_page
@require_POST
@anyone
@repeatable
async def other_means(request: Request) -> HttpResponseBase:
    """End the session at the provider, which would use the same means again otherwise, and begin a new sign-in.

    The provider redirects only to a registered address without parameters, so the cookie holds the page that was
    wanted.
    """
    started = pending.begin(request.POST.get("naar"), now=_now())
    address = await oidc.sign_out_address(back_to=_absolute(links.sign_in()), state=started.state, now=_now())
    if address is None:
        return _to_not_done(SignInFailure.PROVIDER_UNAVAILABLE, started.path)
    response = SeeOther(address)
    await _remember(request, response, started)
    return response


@sign_in_page
@require_http_methods(["GET", "HEAD", "POST"])
@anyone
@without_token
async def sign_out(request: Request) -> HttpResponseBase:
    """End the session here first, then at the provider.

    It needs no token: a page from before a new sign-in signs out as well, because whoever presses the button and
    leaves must be signed out.
    """
    if request.method != "POST":
        if session_of(request) is None:
            return SeeOther(links.signed_out())
        return render(request, "entry/sign_out.html", {"is_away": False})
    try:
        session = request.session
        if request.session_trouble is not None:
            session = await sessions.find(request.COOKIES.get(cookies.SESSION), now=_now())
        if session is not None:
            await sessions.close(session)
            log.info("signed out %s", request.correlation_id)
    except Exception as error:
        # The cookie stays: without it, nobody could end the session any more.
        log.error("not signed out: %s %s", type(error).__name__, request.correlation_id)
        response = render(request, "entry/sign_out.html", {"is_away": True}, status=HTTPStatus.SERVICE_UNAVAILABLE)
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response
    # Also without a session here: the session at the provider can last longer than ours.
    address = await oidc.sign_out_address(back_to=_absolute(links.signed_out()), now=_now())
    response = SeeOther(address or f"{links.signed_out()}?aanbieder={NOT_REACHED}")
    cookies.remove(response, cookies.SESSION, *cookies.pending_names(request.COOKIES))
    response.headers["Clear-Site-Data"] = CLEAR
    return response


@sign_in_page
@require_safe
@anyone
async def signed_out(request: Request) -> HttpResponse:
    """Say that the session is over, and advise to close the browser."""
    if session_of(request) is not None:
        # The timer of one tab ran out while another tab was in use.
        return render(request, "entry/still_signed_in.html")
    path = return_path.safe_path(request.GET.get("naar"))
    response = render(
        request,
        "entry/signed_out.html",
        {
            "has_expired": "verlopen" in request.GET,
            "is_provider_reached": request.GET.get("aanbieder") != NOT_REACHED,
            "again": links.sign_in(path),
        },
    )
    if cookies.SESSION in request.COOKIES:
        cookies.remove(response, cookies.SESSION)
    return response


@sign_in_page
@require_POST
@anyone
@repeatable
async def extend(request: Request) -> HttpResponseBase:
    """Start the idle time of the session anew, and lead back to the page.

    A script (Accept: application/json) gets 204, `X-Session-Expires` (ISO 8601) and `X-Session-Seconds`; 401 without
    a session.
    """
    path = return_path.safe_path(request.POST.get("naar"))
    is_script = request.headers.get("Accept", "") == "application/json"
    current = session_of(request)
    session = await sessions.extend(current, now=_now()) if current else None
    if session is None:
        ended = links.session_ended(path)
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED) if is_script else SeeOther(ended)
    if is_script:
        headers = {
            "X-Session-Expires": session.expires_at.isoformat(),
            "X-Session-Seconds": str(session.seconds_left()),
        }
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=headers)
    return SeeOther(path)


async def _open(request: Request, identity: Identity, started: Pending) -> ReturnResult:
    path = started.path
    # Only here does a citizen who was erased begin anew, with nothing.
    citizen_id = await pseudonym.citizen_id(identity.insz)
    await erasing.come_back(citizen_id)
    age_check = await judge(identity.insz, today=timezone.localdate(), correlation_id=request.correlation_id)
    if isinstance(age_check.admission, Refused):
        return ReturnResult(_refuse(request, age_check.admission, path).url)
    kind = device.kind_of(request.headers.get("User-Agent", ""))
    session, cookie = await sessions.open_session(identity, now=_now(), device=kind, replaces=request.session)
    if await erasing.is_open(citizen_id):
        # The citizen erased everything in another browser while the register was asked, or just now: this session
        # could keep nothing.
        await erasing.come_back(citizen_id)
        session, cookie = await sessions.open_session(identity, now=_now(), device=kind)
    if await sessions.close_oldest(session, settings.SESSIONS_PER_CITIZEN, now=_now()):
        log.info("oldest session ended: too many %s", request.correlation_id)
        path = return_path.with_path(f"{reverse('entry:own_sessions')}?gedaan={session_list.OLDEST_ENDED}", path)
    if age_check.answer is not None:
        await admission.keep(session, age_check.answer)
    await new_device.note_sign_in(session, Occasion(session.citizen_id, _now(), request.correlation_id), kind)
    anew = " anew" if started.is_anew else ""
    log.info("signed in%s with %s %s", anew, identity.means, request.correlation_id)
    return ReturnResult(path, cookie)


async def _remember(request: Request, response: HttpResponseBase, started: Pending) -> None:
    """Set the cookie of a sign-in that begins, and delete the oldest when there are too many."""
    cookies.remove(response, *pending.superfluous(request.COOKIES))
    cookies.set_pending(response, started.cookie_name, await pending.cookie_value(started))


def _refuse(request: Request, refusal: Refused, path: str) -> SeeOther:
    log.info("sign-in refused: %s %s", refusal.reason, request.correlation_id)
    return _to_not_done(refusal.reason, path)


def _explain(request: Request, error: SignInError, path: str | None = None) -> SeeOther:
    log.warning("sign-in failed: %s (%s) %s", error.code, error.detail, request.correlation_id)
    response = _to_not_done(error.reason, path or links.landing())
    if error.reason is SignInFailure.FAILED:
        # With this number, which the page shows, the failure is found in the log.
        mark = "&" if "?" in response.url else "?"
        response["Location"] += f"{mark}nummer={request.correlation_id}"
    return response


def _to_not_done(reason: SignInFailure, path: str) -> SeeOther:
    address = reverse("entry:not_done", args=[reason])
    return SeeOther(address if path == links.landing() else return_path.with_path(address, path))


def _reference(request: Request) -> str:
    """Give the number to find a failure by in the log: that of the failed request, else that of this one."""
    try:
        return str(UUID(request.GET.get("nummer", "")))
    except ValueError:
        return str(request.correlation_id)


def _absolute(address: str) -> str:
    return f"{settings.PORTAL_ORIGIN}{address}"


def _now() -> datetime:
    return datetime.now(UTC)
