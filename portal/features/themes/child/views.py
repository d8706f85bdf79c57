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
from portal.platform.municipalities import wording
from portal.platform.sources import gaps, residence
from portal.platform.sources.catalogue import EntryOutcome
from portal.platform.ui import streaming
from portal.platform.ui.links import links

from .. import framing
from ..arranging import rendering
from ..descent import verdicts
from ..types import Theme, Viewer
from . import answers
from .answers import ChildAnswers

TITLE = _("Profiel van uw kind")


@no_destination  # The handle means nothing in another session.
@require_safe
@signed_in
async def child(request: SignedInRequest, handle: str) -> HttpResponseBase:
    """Show what a parent may see of a child, or say why not (403), or what is missing to know that."""
    again = frozenset(request.GET.getlist("opnieuw"))
    session = request.session
    own = await answers.own_descent(session, request.occasion)
    named = answers.child_of(session, own, handle)
    if named is None:
        trouble: list[EntryOutcome] = [(entry, outcome) for entry, outcome in own if not gaps.is_whole(outcome)]
        if not trouble:
            raise not_theirs(request, "child")
        tiles = await _tiles(trouble, again, is_about_child=False)
        return _page(request, {"named": None, "verdict": None, "tiles": tiles, "is_deceased": False, "desk": ""})
    today = timezone.localdate()
    about_child = ChildAnswers(verdicts.verdict_of_parent(named.child, today))
    if about_child.verdict == "allowed":
        about_child = await answers.answers_about(session, request.occasion, named, again=again, today=today)
    if about_child.has_ended:
        return SeeOther(links.session_ended(return_path.of(request)))
    tiles = await _tiles(about_child.outcomes, again, is_about_child=True)
    is_deceased = named.child.is_deceased or about_child.is_deceased
    desk = _desk(about_child.outcomes, is_deceased=is_deceased)
    verdict = about_child.verdict
    context = {"named": named, "verdict": verdict, "tiles": tiles, "is_deceased": is_deceased, "desk": desk}
    is_refused = verdict not in (None, "allowed")
    if is_refused:
        note_refused(request, f"child ({verdict})")
    return _page(request, context, HTTPStatus.FORBIDDEN if is_refused else HTTPStatus.OK)


def _desk(outcomes: Sequence[EntryOutcome], *, is_deceased: bool) -> str:
    """Name the desk that corrects the data of a child; "" where the municipality is not known."""
    desks = (residence.desk_of(entry, outcome) for entry, outcome in outcomes if entry.dataset.residence)
    here = next((desk for desk in desks if desk.where == "here"), None)
    return wording.render_desk(here, "child_who_died" if is_deceased else "child") if here else ""


def _page(request: SignedInRequest, context: dict[str, Any], status: int = HTTPStatus.OK) -> HttpResponse:
    # The title has no name in it: translations are cached by the process.
    crumbs = framing.crumbs(Theme.FAMILY, {"title": TITLE, "href": ""})
    return render(request, "themes/child.html", context | {"title": TITLE, "crumbs": crumbs}, status=status)


async def _tiles(outcomes: Sequence[EntryOutcome], again: frozenset[str], *, is_about_child: bool) -> list[str]:
    viewer = Viewer(is_about_child=is_about_child)
    shape = {"depth": "all", "level": "h2", "asked_again": again, "now": datetime.now(UTC)}
    tiles: list[str] = []
    for entry, outcome in outcomes:
        tile = await rendering.arrange(entry, outcome, "all", viewer)
        about = framing.about_to(entry, is_parent=is_about_child)
        rendered = rendering.render(tile, {"about": about, **shape})
        pieces = [piece async for piece in streaming.stretches(rendered)]
        tiles.append(mark_safe(b"".join(pieces).decode()))  # noqa: S308 - our templates escaped it
    return tiles
