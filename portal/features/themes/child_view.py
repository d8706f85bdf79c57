"""A child's profile, for a parent. Not streamed: whether it may be shown is known only when the answers are there."""

from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from portal.platform.access import return_path
from portal.platform.access.guards import SeeOther, no_destination, signed_in
from portal.platform.access.refusals import not_theirs, note_refused
from portal.platform.access.types import SignedInRequest
from portal.platform.sources.catalogue import Found
from portal.platform.sources.reading.outcomes import Down, Late, Partial
from portal.platform.ui.links import links

from . import child_queries, framing, lineage, tiles
from .child_queries import Shown
from .types import Look, Theme

TITLE = _("Profiel van uw kind")


@no_destination  # the address means nothing in another session
@require_safe
@signed_in
async def child(request: SignedInRequest, handle: str) -> HttpResponseBase:
    """Show what a parent may see of a child, or say why not."""
    again = frozenset(request.GET.getlist("opnieuw"))
    session = request.session
    own = await child_queries.own_descent(session, request.occasion)
    named = child_queries.child_of(session, own, handle)
    if named is None:
        trouble: list[Found] = [
            (entry, outcome) for entry, outcome in own if isinstance(outcome, Late | Down | Partial)
        ]
        if not trouble:
            raise not_theirs(request, "child")
        made = await _tiles(trouble, again, is_about_child=False)
        return _page(request, {"named": None, "verdict": None, "tiles": made})
    today = timezone.localdate()
    verdict = lineage.verdict_of_parent(named.child, today)
    shown = Shown(verdict)
    if verdict == "allowed":
        shown = await child_queries.answers_about(session, request.occasion, named, again=again, today=today)
    if shown.has_ended:
        return SeeOther(links.session_ended(return_path.of(request)))
    made = await _tiles(shown.found, again, is_about_child=True)
    context = {"named": named, "verdict": shown.verdict, "tiles": made}
    is_refused = shown.verdict not in (None, "allowed")
    if is_refused:
        note_refused(request, f"child ({shown.verdict})")
    return _page(request, context, HTTPStatus.FORBIDDEN if is_refused else HTTPStatus.OK)


def _page(request: SignedInRequest, context: dict[str, Any], status: int = HTTPStatus.OK) -> HttpResponse:
    # No name here: what is translated is remembered.
    crumbs = framing.crumbs(Theme.FAMILY, {"title": TITLE, "href": ""})
    return render(request, "themes/child.html", context | {"title": TITLE, "crumbs": crumbs}, status=status)


async def _tiles(found: Sequence[Found], again: frozenset[str], *, is_about_child: bool) -> list[str]:
    look = Look(is_about_child=is_about_child)
    shape = {"depth": "all", "level": "h2", "asked_again": again, "now": datetime.now(UTC)}
    made = []
    for entry, outcome in found:
        tile = await tiles.arranged(entry, outcome, "all", look)
        about = framing.about_to(entry, is_parent=is_about_child)
        pieces = [piece async for piece in tiles.rendered(tile, {"about": about, **shape})]
        # Our own templates, escaped as they were rendered.
        made.append(mark_safe("".join(pieces)))  # noqa: S308
    return made
