"""Sign in, come back from the provider, sign out."""

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

NOT_REACHED = "niet-bereikt"
# Not "cookies": browsers would delete those of the whole domain, including the provider's, before the sign-out there.
CLEAR = '"cache", "storage"'

STATUS = {
    SignInFailure.PROVIDER_UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    SignInFailure.PROVIDER_SLOW: HTTPStatus.SERVICE_UNAVAILABLE,
    SignInFailure.AGE_NOT_KNOWN: HTTPStatus.SERVICE_UNAVAILABLE,
    SignInFailure.EXPIRED: HTTPStatus.BAD_REQUEST,
    SignInFailure.CANCELLED: HTTPStatus.BAD_REQUEST,
    SignInFailure.FAILED: HTTPStatus.BAD_REQUEST,
}


class Returned(Unprinted, frozen=True):
    """The result of a return from the provider: the address it leads to, and the session's cookie if it opened one.

    Never printed.
    """

    location: str
    session: str | None = None


def way_in(view: View) -> View:
    """Keep a response out of caches and its address out of Referer headers; never lead anyone back here."""

    @wraps(view)
    async def answered(request: Request, *arguments: Any, **named: Any) -> HttpResponseBase:
        response = await view(request, *arguments, **named)
        response.headers["Cache-Control"] = "no-store"
        # A page with a form must send its origin to us; a redirect need not.
        is_page = response.status_code not in (HTTPStatus.FOUND, HTTPStatus.SEE_OTHER)
        response.headers["Referrer-Policy"] = "same-origin" if is_page else "no-referrer"
        return response

    return no_destination(answered)


@way_in
@require_safe
@anyone
async def sign_in(request: Request) -> HttpResponseBase:
    """Send someone to the provider; who is signed in already goes on to where they wanted to be.

    With `opnieuw` the provider asks them again, also when they are signed in.
    """
    if request.method == "HEAD":
        # A HEAD request begins no sign-in.
        return HttpResponse()
    left = await pending.read(request.COOKIES, request.GET.get("state", ""), now=_now())
    path = request.GET.get("naar") or (left.path if left is not None else None)
    started = pending.begin(path, now=_now(), is_anew="opnieuw" in request.GET)
    if session_of(request) is not None and not started.is_anew:
        return SeeOther(started.path)
    try:
        address = await oidc.sign_in_address(started, redirect_uri=_our(links.return_from_provider()), now=_now())
    except SignInError as error:
        return _explain(request, error, started.path)
    response = SeeOther(address, HTTPStatus.FOUND)
    await _remember(request, response, started)
    if left is not None:
        cookies.remove(response, left.cookie_name)
    return response


@way_in
@require_safe
@signed_in
async def sign_in_again(request: SignedInRequest) -> HttpResponse:
    """Explain why someone who is signed in must show once more who they are, and send them."""
    again = links.sign_in_anew(return_path.safe_path(request.GET.get("naar")))
    return render(request, "entry/sign_in_again.html", {"again": again})


@way_in
@require_GET
@anyone
async def come_back(request: Request) -> HttpResponseBase:
    """Find out who came back from the provider, whether they may come in, and open a session.

    A return that comes twice (a double click, a reload, a second tab) is processed once. A repeat meanwhile gets the
    same answer; a later one leads to the same address, without a session.
    """
    state = request.GET.get("state", "")
    led = pending.destination_of(request.COOKIES, state)
    if led is not None:
        return SeeOther(led)
    started = await pending.read(request.COOKIES, state, now=_now())
    if started is None:
        # The back button, or an old tab: somebody who is signed in need not read about a failure.
        return SeeOther(links.landing()) if session_of(request) else _explain(request, StateMismatch())
    given = await once(started.mark, Box(started.answer_key), lambda: _handle_return(request, started))
    if given is None:
        return _to_not_done(SignInFailure.PROVIDER_SLOW, started.path)
    returned = msgspec.json.decode(given.answer, type=Returned)
    response = SeeOther(returned.location)
    if returned.session is None:
        cookies.remove(response, started.cookie_name)
        return response
    if not given.is_late:
        cookies.set_session(response, returned.session)
    cookies.set_destination(response, started.cookie_name, pending.write_destination(started))
    return response


async def _handle_return(request: Request, started: Pending) -> bytes:
    """Work on a return from the provider: where it leads, and the session's cookie when there is one."""
    path = started.path
    try:
        code = oidc.code_in(request.GET, started)
        said = await oidc.identify(
            code,
            started,
            names_issuer="iss" in request.GET,
            redirect_uri=_our(links.return_from_provider()),
            now=_now(),
        )
    except SignInError as error:
        return msgspec.json.encode(Returned(_explain(request, error, path).url))
    if isinstance(said, Refused):
        return msgspec.json.encode(Returned(_refuse(request, said, path).url))
    return msgspec.json.encode(await _open(request, said, started))


@way_in
@require_safe
@anyone
async def not_done(request: Request, reason: str) -> HttpResponse:
    """Explain why a sign-in did not come about, and which way is open."""
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


@way_in
@require_POST
@anyone
@repeatable
async def other_means(request: Request) -> HttpResponseBase:
    """End the session at the provider, which else would use the same means again, and start anew.

    The provider redirects only to a registered address without parameters: the cookie holds the page that was wanted.
    """
    started = pending.begin(request.POST.get("naar"), now=_now())
    address = await oidc.sign_out_address(back_to=_our(links.sign_in()), state=started.state, now=_now())
    if address is None:
        return _to_not_done(SignInFailure.PROVIDER_UNAVAILABLE, started.path)
    response = SeeOther(address)
    await _remember(request, response, started)
    return response


@way_in
@require_http_methods(["GET", "HEAD", "POST"])
@anyone
@without_token
async def sign_out(request: Request) -> HttpResponseBase:
    """End the session here first, then at the provider; whose it is, and which page they come from, is all one.

    A page from before a new sign-in signs out as well: whoever presses the button and leaves must be signed out.
    """
    if request.method != "POST":
        return SeeOther(links.signed_out()) if session_of(request) is None else render(request, "entry/sign_out.html")
    if request.session is not None:
        await sessions.close(request.session)
        log.info("signed out %s", request.correlation_id)
    # Also without a session here: ours may have expired while the provider's goes on.
    address = await oidc.sign_out_address(back_to=_our(links.signed_out()), now=_now())
    response = SeeOther(address or f"{links.signed_out()}?aanbieder={NOT_REACHED}")
    cookies.remove(response, cookies.SESSION, *cookies.pending_names(request.COOKIES))
    response.headers["Clear-Site-Data"] = CLEAR
    return response


@way_in
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


@way_in
@require_POST
@anyone
@repeatable
async def extend(request: Request) -> HttpResponseBase:
    """Start the idle time anew. A script (Accept: application/json) gets 204 and `X-Session-Expires` (ISO 8601)."""
    path = return_path.safe_path(request.POST.get("naar"))
    is_script = request.headers.get("Accept", "") == "application/json"
    known = session_of(request)
    session = await sessions.extend(known, now=_now()) if known else None
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


async def _open(request: Request, identity: Identity, started: Pending) -> Returned:
    path = started.path
    # Whoever was erased starts from nothing here, and nowhere else.
    citizen_id = await pseudonym.citizen_id(identity.insz)
    await erasing.come_back(citizen_id)
    judged = await judge(identity.insz, today=timezone.localdate(), correlation_id=request.correlation_id)
    if isinstance(judged.admission, Refused):
        return Returned(_refuse(request, judged.admission, path).url)
    if await erasing.is_open(citizen_id):
        # Erased from another browser while the register was asked: this one would keep nothing for hours.
        await erasing.come_back(citizen_id)
    kind = device.kind_of(request.headers.get("User-Agent", ""))
    session, cookie = await sessions.open_session(identity, now=_now(), device=kind, replaces=request.session)
    if await sessions.close_oldest(session, settings.SESSIONS_PER_CITIZEN, now=_now()):
        log.info("oldest session ended: too many %s", request.correlation_id)
        path = return_path.with_path(f"{reverse('entry:own_sessions')}?gedaan={session_list.OLDEST_ENDED}", path)
    if judged.answer is not None:
        await admission.keep(session, judged.answer)
    await new_device.tell(session, Occasion(session.citizen_id, _now(), request.correlation_id), kind)
    anew = " anew" if started.is_anew else ""
    log.info("signed in%s with %s %s", anew, identity.means, request.correlation_id)
    return Returned(path, cookie)


async def _remember(request: Request, response: HttpResponseBase, started: Pending) -> None:
    """Set the cookie of this sign-in, and delete the oldest of too many."""
    cookies.remove(response, *pending.superfluous(request.COOKIES))
    cookies.set_pending(response, started.cookie_name, await pending.cookie_value(started))


def _refuse(request: Request, refusal: Refused, path: str) -> SeeOther:
    log.info("sign-in refused: %s %s", refusal.reason, request.correlation_id)
    return _to_not_done(refusal.reason, path)


def _explain(request: Request, error: SignInError, path: str | None = None) -> SeeOther:
    log.warning("sign-in failed: %s (%s) %s", error.code, error.detail, request.correlation_id)
    response = _to_not_done(error.reason, path or links.landing())
    if error.reason is SignInFailure.FAILED:
        # So that the page can show the number to look for in the log.
        mark = "&" if "?" in response.url else "?"
        response["Location"] += f"{mark}nummer={request.correlation_id}"
    return response


def _to_not_done(reason: SignInFailure, path: str) -> SeeOther:
    address = reverse("entry:not_done", args=[reason])
    return SeeOther(address if path == links.landing() else return_path.with_path(address, path))


def _reference(request: Request) -> str:
    """Find the number of the action that failed, else of this one."""
    try:
        return str(UUID(request.GET.get("nummer", "")))
    except ValueError:
        return str(request.correlation_id)


def _our(address: str) -> str:
    return f"{settings.PORTAL_ORIGIN}{address}"


def _now() -> datetime:
    return datetime.now(UTC)
