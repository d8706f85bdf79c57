"""A stream of server-sent events (HTML, 9.2) for an open page: the number of unread notices, and changes of its list.

A stream reads once at its start, and then each time that it is woken (`live.waking`); while it waits, it holds no
database connection.
"""

import asyncio
import json
import logging
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import NamedTuple

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from portal.platform.access import cookies, sessions
from portal.platform.access.guards import (
    EVENTS,
    SESSION_OVER,
    SeeOther,
    is_event_source,
    no_destination,
    session_over,
    signed_in,
    waits,
)
from portal.platform.access.types import Session, SignedInRequest
from portal.platform.database.pool import DatabaseBusy
from portal.platform.language.numbers import on_a_bell
from portal.platform.live.waking import wakes
from portal.platform.ui import streaming

from . import links, queries
from .types import FEATURE

# After so many seconds of silence a comment is sent: proxies cut connections that are silent for 30 seconds or more,
# and writing shows whether the peer is still there.
BEAT_SECONDS = 20.0
# Least seconds between two readings, however often it is woken; seconds from a failed reading to the next.
LEAST_SECONDS, AGAIN_SECONDS = 0.3, 5.0
# A browser reconnects after a random time between these (seconds), so that not all come back at one moment.
BACK_SECONDS = (2.0, 8.0)

BEAT = b":\n\n"

log = logging.getLogger("portal.notifications")


class NewsState(NamedTuple):
    """What an open page should show.

    name: id of the event, a digest that a reconnecting browser sends back. event: its bytes, with the JSON object
    that live.js puts into the page.
    """

    name: str
    event: bytes


@no_destination
@require_safe
@signed_in
@waits
async def live(request: SignedInRequest) -> HttpResponseBase:
    """Stream events to an open page; redirect a request that is not from an EventSource to the list of notices.

    The stream is for the session of the page (`van`, as `links.news_of_notices` writes it), and ends at once where
    the cookie is of another, or of none any more (`signed_in`).
    """
    if not is_event_source(request):
        return SeeOther(links.notices())
    page = request.GET.get("van")
    # An open page may be of another session than the cookie is by now. One of the release before does not say.
    if page is not None and not sessions.is_of_page(request.session, page):
        return session_over()
    pieces = _events(request, has_list=request.GET.get("lijst") == "1")
    return StreamingHttpResponse(pieces, content_type=EVENTS, headers=streaming.HEADERS)


async def _events(request: SignedInRequest, *, has_list: bool) -> AsyncIterator[bytes]:
    """Yield an event where the state is not the one that the browser has, and each time it changes.

    has_list: the page shows the list of notices. The stream ends with the session, or when the process stops.
    """
    cookie, known = request.COOKIES.get(cookies.SESSION), request.headers.get("Last-Event-ID", "")[:64]
    back = random.uniform(*BACK_SECONDS)  # noqa: S311 - it spreads browsers, and guards nothing
    yield f"retry: {back * 1000:.0f}\n\n".encode()
    with wakes.waiter(request.session.citizen_id) as waiter:
        expires_at = request.session.expires_at
        while not waiter.is_over:
            try:
                async with waiter.reading():
                    session = await sessions.find(cookie, now=datetime.now(UTC), is_visit=False)
                    state = None if session is None else await _state(session, has_list=has_list)
            except DatabaseBusy as error:
                log.warning("news was not read: %s %s", error.detail, request.correlation_id)
                waiter.wake(AGAIN_SECONDS)
            else:
                if session is None or state is None:
                    yield SESSION_OVER
                    return
                expires_at = session.expires_at
                if state.name != known:
                    known = state.name
                    yield state.event
            await asyncio.sleep(LEAST_SECONDS)
            while not await waiter.wait_for_news(_seconds_until(expires_at)):
                if datetime.now(UTC) >= expires_at:
                    break
                yield BEAT


def _seconds_until(expires_at: datetime) -> float:
    """Give the seconds to wait at most: until the next beat, or until the session may be over."""
    left = (expires_at - datetime.now(UTC)).total_seconds()
    return min(BEAT_SECONDS, max(left, LEAST_SECONDS))


async def _state(session: Session, *, has_list: bool) -> NewsState:
    """Read the state for a session. has_list: with the state of the first page of the list."""
    count = session.unread.get(FEATURE, 0)
    words = {
        "count": on_a_bell(count),
        "said": _("%(count)s ongelezen") % {"count": on_a_bell(count)},
        "aloud": _("Meldingen: %(count)s ongelezen") % {"count": on_a_bell(count)},
        "place": _("%(count)s nieuw") % {"count": count},
    }
    if has_list:
        top = await queries.top_of_list(session.citizen_id)
        words["list"] = sessions.item_handle(session, top.state)
        words["line"] = (
            ngettext("%(count)s nieuwe melding: toon ze", "%(count)s nieuwe meldingen: toon ze", top.new)
            % {"count": top.new}
            if top.new
            else _("Er is iets veranderd: toon het")
        )
    content = json.dumps(words)
    name = sessions.item_handle(session, content.encode())
    return NewsState(name, f"id: {name}\ndata: {content}\n\n".encode())
