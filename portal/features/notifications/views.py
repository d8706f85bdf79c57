"""The list of notices, one thread of them, and what a citizen can do with it."""

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
# What a form's button says it wants.
UNREAD, ARCHIVE, TAKE_BACK = "ongelezen", "archief", "terug"

log = logging.getLogger("portal.notifications")


@require_safe
@signed_in
async def notice_list(request: SignedInRequest) -> HttpResponseBase:
    """List what was notified, by what it is about, the newest first; or what was put into the archive."""
    is_archive = request.GET.get("archief") == "1"
    place = request.GET.get("vanaf", "")
    found = await queries.look_at_threads(request.occasion, place, is_archived=is_archive)
    if found.has_waiting:
        await _take_in(request)
    here = reverse("notifications:listed")
    context = {
        "title": ARCHIVE_TITLE if is_archive else TITLE,
        "crumbs": [{"title": TITLE, "href": here}, {"title": ARCHIVE_TITLE, "href": ""}] if is_archive else [],
        "is_archive": is_archive,
        "is_first": not place,
        # Not by the template's own `url`: it remembers every address it made.
        "rows": [(one, f"{here}{one.id}/") for one in found.threads],
        "next": found.next,
        # Only the first page of the list can say what came since.
        "state": "" if place or is_archive else live_state(request.session, found.threads),
        "here": here,
        "wording": wording,
    }
    return _page(request, "notifications/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def thread(request: SignedInRequest, thread: UUID) -> HttpResponseBase:
    """Show one thread, which counts as reading it; a POST marks it unread, archives it or takes it back."""
    if request.method == "POST":
        return await _change(request, thread)
    place = request.GET.get("vanaf", "")
    history = await queries.look_at_thread(request.occasion, thread, place)
    if history is None:
        raise not_theirs(request, "notice")
    if not place:
        count = await actions.note_opening(request.session.citizen_id, thread, history.thread.newest.position)
        # The session was found before this page was opened, and its count is shown on it.
        request.session = replace(request.session, unread={**request.session.unread, FEATURE: count})
    here = reverse("notifications:listed")
    context = {
        "title": ONE,
        "crumbs": [{"title": TITLE, "href": here}, {"title": ONE, "href": ""}],
        "history": history,
        "newest": history.thread.newest,
        # The newest stands above them.
        "earlier": history.notices[0 if place else 1 :],
        "is_first": not place,
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
    """Name how the list stands that is shown, as `live_view` names how it stands later."""
    state = rules.state_of((one.id, one.newest.position, one.is_unread) for one in threads)
    return sessions.item_handle(session, state)


def _document(session: Session, notice: Notice | None) -> str:
    """Lead to the document of the eBox itself; "" where it is about none."""
    if notice is None or notice.document is None:
        return ""
    return links.ebox_document(session, notice.document.provider, notice.document.id)


def _dossier(session: Session, notice: Notice | None) -> str:
    """Lead to the dossier itself, by what its body names it; "" where none is named, or nobody can be asked."""
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
    """Seal to the citizen what waited for them; what fails is tried again at the next look."""
    try:
        await actions.take_in(request.session.citizen_id)
    except Exception as error:
        log.error("what waited was not sealed anew: %s %s", type(error).__name__, request.correlation_id)


def _page(request: SignedInRequest, template: str, context: dict[str, Any]) -> HttpResponseBase:
    return render(request, template, context)
