"""Decorators of views: who may see a page, and marks that the middleware of access and the budgets read."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from http import HTTPStatus
from typing import cast

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.encoding import iri_to_uri

from portal.platform.journal.types import Occasion
from portal.platform.ui import streaming
from portal.platform.ui.links import links

from . import cookies, derivation, return_path
from .types import Audience, Open, Request, Session, SignedIn, SignedInRequest, View

FIELD = "form_token"  # what a form of a session posts back
KEY = "form_key"  # identifies a form that is sent twice
RECENT = timedelta(minutes=20)  # `recently_signed_in`
EVENTS = "text/event-stream"
# Tells the script of an open page (`live.js`) that its session is over: it asks no more, and the screen is cleared.
SESSION_OVER = b"event: end\ndata:\n\n"


class SeeOther(HttpResponse):
    """A redirect (303, or another status of that kind) to an address that we made or checked.

    Not Django's own redirect: that parses the address with the standard library, which caches it for the life of the
    process. An address may name somebody's report, or carry the state of a sign-in.
    """

    def __init__(self, address: str, status: HTTPStatus = HTTPStatus.SEE_OTHER) -> None:
        super().__init__(status=status)
        self["Location"] = iri_to_uri(address)

    @property
    def url(self) -> str:
        """Tell where it leads."""
        return str(self["Location"])


def session_of(request: Request) -> Session | None:
    """Give the request's session; None when nobody is signed in.

    Raise the error that kept us from finding out: while the database is away, nobody is treated as signed out.
    """
    if request.session is None and request.session_trouble is not None:
        raise request.session_trouble
    return request.session


def seen_by(audience: Audience) -> Callable[[View], View]:
    """Mark a view with its audience, as the guard enforces it; raises TypeError when the view has another audience
    already.

    Mark and enforcement therefore agree. A house test fails for an address without a mark.
    """

    def mark(view: View) -> View:
        if getattr(view, "audience", audience) is not audience:
            raise TypeError(f"{view.__module__}.{view.__qualname__} is already for another audience than {audience}.")
        vars(view)["audience"] = audience
        return view

    return mark


def anyone(view: View) -> View:
    """Mark a view that answers whoever asks, signed in or not. Innermost."""
    return seen_by(Audience.ANYONE)(view)


def signed_in[**Parts](view: SignedIn[Parts]) -> Open[Parts]:
    """Let a view answer signed-in people only; others are sent to sign in and brought back.

    The view finds the `Occasion` of its page in `request.occasion`. Whoever has a session cookie that no longer leads
    to a session is first told that the session ended; an open page whose script asks, that it is over. HEAD requests
    get their headers without the view: no source is asked, and nothing is journalled.
    """

    @seen_by(Audience.CITIZEN)
    @wraps(view)
    async def guarded(request: Request, /, *arguments: Parts.args, **named: Parts.kwargs) -> HttpResponseBase:
        session = session_of(request)
        if session is not None:
            known = cast("SignedInRequest", request)
            known.occasion = Occasion(session.citizen_id, datetime.now(UTC), request.correlation_id)
            return HttpResponse() if request.method == "HEAD" else await view(known, *arguments, **named)
        if request.method == "POST" and getattr(view, "keeps_typed", False):
            return _keep_typed(request)
        if is_event_source(request):
            return session_over()
        had_session = derivation.read_secret(request.COOKIES.get(cookies.SESSION, "")) is not None
        # A form that changes nothing stands on a page that can be opened again.
        is_page = getattr(view, "needs_no_token", False)
        path = return_path.of_page(request) if is_page else return_path.of(request)
        return SeeOther(links.session_ended(path) if had_session else links.sign_in(path))

    return guarded


def recently_signed_in[**Parts](view: SignedIn[Parts]) -> Open[Parts]:
    """Let a view answer people who showed who they are in the last 20 minutes; others are asked to do so again.

    They come back to the same address, also from a form of it: a view guarded by this answers GET too.
    """

    @signed_in
    @wraps(view)
    async def guarded(request: SignedInRequest, /, *arguments: Parts.args, **named: Parts.kwargs) -> HttpResponseBase:
        if is_recent(request.session):
            return await view(request, *arguments, **named)
        return SeeOther(links.why_sign_in_again(return_path.safe_path(request.get_full_path())))

    return guarded


def is_recent(session: Session) -> bool:
    """Tell whether its citizen showed who they are in the last 20 minutes; not where nobody says when they did."""
    shown_at = session.identity.authenticated_at
    return shown_at is not None and datetime.now(UTC) - shown_at <= RECENT


def without_token(view: View) -> View:
    """Mark a view whose POST acts for nobody: it only reads, takes what anyone may send, or ends whatever session is.

    It needs no token of the session, so a page that was open when somebody signed in anew still works. The check that
    one of our own pages sent it remains. Innermost.
    """
    vars(view)["needs_no_token"] = True
    return view


def takes_programs(view: View) -> View:
    """Mark a view whose POST acts for nobody and is for programs too: these send neither Origin nor Sec-Fetch-Site.

    A browser always sends them, and is checked as elsewhere. With `without_token`.
    """
    vars(view)["takes_programs"] = True
    return view


def read_by_programs(view: View) -> View:
    """Mark a view that answers programs in JSON, without a token: `/api/openapi.json` lists it. With `anyone`."""
    vars(view)["read_by_programs"] = True
    return view


def keeps_typed(view: View) -> View:
    """Mark a view of a form as one that loses nothing of what was typed when the session ends meanwhile.

    What is sent without a session comes back as a page that carries it, to be sent again after signing in. It then
    has no token of the new session: `request.is_from_before` is true, and the view only shows its form with what was
    typed, as an answer to GET would, and does nothing else. Innermost, below `signed_in`.
    """
    vars(view)["keeps_typed"] = True
    return view


def _keep_typed(request: Request) -> HttpResponseBase:
    """Show a page that carries what was typed in hidden fields, and says how to go on."""
    context = {
        "typed": typed_fields(request),
        "sign_in": links.sign_in(return_path.safe_path(request.path)),
    }
    return render(request, "access/typed_kept.html", context, status=HTTPStatus.FORBIDDEN)


def typed_fields(request: Request) -> list[tuple[str, str]]:
    """List the fields of a posted form, without those that its page added: token and key."""
    return [(name, value) for name, values in request.POST.lists() if name not in (FIELD, KEY) for value in values]


def repeatable(view: View) -> View:
    """Mark a view whose POST may be done twice without harm: its form needs no key. Innermost."""
    vars(view)["is_repeatable"] = True
    return view


def streams(view: View) -> View:
    """Mark a view whose page comes in pieces: it gets its turn before pages of which people already see a piece.

    Its view begins the page as `ui.streaming` does. Innermost.
    """
    vars(view)["streams"] = True
    return view


def waits(view: View) -> View:
    """Mark a view whose answer waits for news, for a script of a page that is open (`is_event_source`).

    Asking for it is no visit: it does not prolong the session. It takes a place among streams instead of pages
    (`config.budgets`). Innermost.
    """
    vars(view)["waits"] = True
    return view


def is_event_source(request: Request) -> bool:
    """Tell whether an EventSource of a script asks, and not a person who followed the address."""
    return EVENTS in request.headers.get("Accept", "")


def session_over() -> HttpResponse:
    """Answer an EventSource whose page is of a session that is over, or of another than the cookie's."""
    return HttpResponse(SESSION_OVER, content_type=EVENTS, headers=streaming.HEADERS)


def no_destination(view: View) -> View:
    """Mark a view as one that nobody should be brought back to after signing in."""
    vars(view)["is_no_destination"] = True
    return view
