"""What a view asks of access before it answers."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from . import cookies, derivation, return_path

SIGN_IN = "/aanmelden/"
SIGN_IN_AGAIN = "/aanmelden/opnieuw/"
RECENT = timedelta(minutes=20)
SESSION_ENDED = "/afgemeld/?verlopen=1"

View = Callable[..., Awaitable[HttpResponseBase]]


class SeeOther(HttpResponseRedirect):
    """303: go and get another page."""

    status_code = 303


def signed_in(view: View) -> View:
    """Let a view answer signed-in people only; others are sent to sign in and brought back.

    Who has a session cookie that no longer leads to a session is first told that the session ended.
    """

    @wraps(view)
    async def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
        if request.session is not None:
            return await view(request, *arguments, **named)
        if request.session_trouble is not None:
            raise request.session_trouble
        had_session = derivation.read_secret(request.COOKIES.get(cookies.SESSION, "")) is not None
        address = SESSION_ENDED if had_session else SIGN_IN
        return SeeOther(return_path.with_path(address, return_path.of(request)))

    return guarded


def recently_signed_in(view: View) -> View:
    """Let a view answer people who showed who they are in the last 20 minutes; others are asked to do so again.

    They come back to the same address, also from a form of it: a view guarded by this answers GET too.
    """

    @signed_in
    @wraps(view)
    async def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
        shown_at = request.session.identity.authenticated_at
        if shown_at is not None and datetime.now(UTC) - shown_at <= RECENT:
            return await view(request, *arguments, **named)
        return SeeOther(return_path.with_path(SIGN_IN_AGAIN, return_path.checked(request.get_full_path())))

    return guarded


def no_destination(view: View) -> View:
    """Mark a view as one that nobody should be brought back to after signing in."""
    view.is_no_destination = True  # type: ignore[attr-defined]
    return view
