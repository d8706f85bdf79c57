"""The pages of notices: the list of threads, its archive, and one thread with its buttons."""

import logging
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods, require_safe
from msgspec.structs import replace

from portal.platform.access import sessions
from portal.platform.access.guards import SeeOther, signed_in
from portal.platform.access.refusals import not_theirs
from portal.platform.access.types import Session, SignedInRequest
from portal.platform.ui.links import links

from . import actions, queries, rules, wording
from .types import FEATURE, Notice, Thread

TITLE = _("Meldingen")
ARCHIVE_TITLE = _("Archief van uw meldingen")
ONE = _("Melding")
# Values of the buttons of a thread.
UNREAD, ARCHIVE, TAKE_BACK = "ongelezen", "archief", "terug"

log = logging.getLogger("portal.notifications")


@require_safe
@signed_in
async def notice_list(request: SignedInRequest) -> HttpResponseBase:
    """Show a page of the threads, the newest first; with `archief=1` those in the archive."""
    is_archive = request.GET.get("archief") == "1"
    place = request.GET.get("vanaf", "")
    page = await queries.look_at_threads(request.occasion, place, is_archived=is_archive)
    if page.has_waiting:
        await _take_in(request)
    here = reverse("notifications:listed")
    context = {
        "title": ARCHIVE_TITLE if is_archive else TITLE,
        "crumbs": [{"title": TITLE, "href": here}, {"title": ARCHIVE_TITLE, "href": ""}] if is_archive else [],
        "is_archive": is_archive,
        "is_first": not place,
        # Not by the template's `url`, which caches every address that it makes.
        "rows": [(one, f"{here}{one.id}/") for one in page.threads],
        "next": page.next,
        # The event stream compares the first page of the list only.
        "state": "" if place or is_archive else live_state(request.session, page.threads),
        "here": here,
        "wording": wording,
    }
    return _page(request, "notifications/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def thread(request: SignedInRequest, thread: UUID) -> HttpResponseBase:
    """Show one thread, which marks it as read; a POST marks it unread, archives it or takes it out of the archive."""
    if request.method == "POST":
        return await _change(request, thread)
    place = request.GET.get("vanaf", "")
    history = await queries.look_at_thread(request.occasion, thread, place)
    if history is None:
        raise not_theirs(request, "notice")
    if not place:
        count = await actions.note_opening(request.session.citizen_id, thread, history.thread.newest.position)
        # The count in the session was read before this thread was marked as read, and the page shows it.
        request.session = replace(request.session, unread={**request.session.unread, FEATURE: count})
    here = reverse("notifications:listed")
    context = {
        "title": ONE,
        "crumbs": [{"title": TITLE, "href": here}, {"title": ONE, "href": ""}],
        "history": history,
        "newest": history.thread.newest,
        # The first page shows the newest notice above the list of the earlier ones.
        "earlier": history.notices[0 if place else 1 :],
        "here": here,
        "own": f"{here}{thread}/",
        "ebox_document": _document(request.session, history.thread.newest.notice),
        "dossier": _dossier(request.session, history.thread.newest.notice),
        "shown": rules.write_position(history.thread.newest.position, thread),
        "wording": wording,
        "session": request.session,
    }
    return _page(request, "notifications/thread.html", context)


def live_state(session: Session, threads: Sequence[Thread]) -> str:
    """Give the handle of the state of a list that is shown; `live_view` sends the same one while nothing changed."""
    state = rules.state_of((one.id, one.newest.position, one.is_unread) for one in threads)
    return sessions.item_handle(session, state)


def _document(session: Session, notice: Notice | None) -> str:
    """Give the address of the document of the eBox that a notice is about; "" for none."""
    if notice is None or notice.document is None:
        return ""
    return links.ebox_document(session, notice.document.provider, notice.document.id)


def _dossier(session: Session, notice: Notice | None) -> str:
    """Give the address of the dossier that a notice is about; "" for none, or of a source that nobody knows.

    A TransactieId about a dossier is the body's prefix with the number of the dossier behind it.
    """
    if notice is None or not notice.number or not notice.transaction.endswith(notice.number):
        return ""
    return links.dossier(session, notice.transaction.removesuffix(notice.number), notice.number)


async def _change(request: SignedInRequest, thread: UUID) -> HttpResponseBase:
    here, citizen_id = reverse("notifications:listed"), request.session.citizen_id
    wish, shown = request.POST.get("keuze", ""), rules.read_place(request.POST.get("tot", ""))
    if wish == UNREAD:
        is_theirs = await actions.mark_unread(citizen_id, thread)
    elif wish == TAKE_BACK:
        is_theirs = await actions.take_back(citizen_id, thread)
    elif wish == ARCHIVE and shown is not None:
        is_theirs = await actions.archive(citizen_id, thread, shown[0])
    else:
        return SeeOther(f"{here}{thread}/")
    if not is_theirs:
        raise not_theirs(request, "notice")
    return SeeOther(here)


async def _take_in(request: SignedInRequest) -> None:
    """Seal waiting notices to the citizen; where that fails, the next visit tries again."""
    try:
        await actions.take_in(request.session.citizen_id)
    except Exception as error:
        log.error(
            "waiting notices were not sealed to their citizen: %s %s", type(error).__name__, request.correlation_id
        )


def _page(request: SignedInRequest, template: str, context: dict[str, Any]) -> HttpResponseBase:
    return render(request, template, context)
