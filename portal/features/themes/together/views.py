"""The pages over all sources at once: where they differ, and when things happened.

As in search, opening a page shows what the session kept, and asks no source; a button asks for the rest.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from portal.platform.access.guards import SeeOther, signed_in
from portal.platform.access.types import SignedInRequest
from portal.platform.sources import beside
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.ui.links import links

from .. import framing
from ..arranging import rendering
from . import gathering
from .differences import comparable, differences_of
from .gathering import GatheredAnswers
from .timeline import timeline_of


@require_safe
@signed_in
async def differences(request: SignedInRequest) -> HttpResponseBase:
    """Show side by side what sources say of a topic; with `alles`, sources that were not asked yet are asked."""

    def arrange(gathered: GatheredAnswers) -> dict[str, Any]:
        insz = request.session.identity.insz
        compared = differences_of(gathered.outcomes, gathered.unasked, insz=insz, today=timezone.localdate())
        return {"differences": compared, "coverage": compared.coverage}

    entries = comparable(gathering.all_entries())
    return await _page(request, "differences", _("Verschillen tussen bronnen"), entries, arrange)


@require_safe
@signed_in
async def timeline(request: SignedInRequest) -> HttpResponseBase:
    """Show the timeline, the newest first; with `alles`, sources that were not asked yet are asked."""

    def arrange(gathered: GatheredAnswers) -> dict[str, Any]:
        viewer = framing.viewer_of(request.session)
        events = timeline_of(gathered.outcomes, gathered.unasked, viewer, timezone.localdate())
        return {"timeline": events, "coverage": events.coverage}

    return await _page(request, "timeline", _("Uw tijdlijn"), gathering.all_entries(), arrange)


async def _page(
    request: SignedInRequest,
    name: str,
    title: str,
    entries: Sequence[DatasetEntry],
    arrange: Callable[[GatheredAnswers], dict[str, Any]],
) -> HttpResponseBase:
    here = reverse(f"themes:{name}")
    gathered = await gathering.gather(
        request.session, request.occasion, entries, is_asking=gathering.ASK_ALL in request.GET
    )
    if gathered is None:
        return SeeOther(links.session_ended(here))
    crumbs = framing.trail({"title": title, "href": ""})
    arranged = await beside.run(rendering.is_long(gathered.outcomes), arrange, gathered)
    context = {"title": title, "crumbs": crumbs, "here": here, "sealed": "", **arranged}
    # A thousand lines take 0.1 s to render.
    response = await beside.run(
        rendering.is_more_than_few(gathered.outcomes), render, request, f"themes/{name}.html", context
    )
    response.headers["Cache-Control"] = "no-store"
    return response
