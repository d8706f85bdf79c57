"""The page of one item: a diploma, an enrolment, a career break.

Not streamed: whether there is such an item is known only when its source has answered.
"""

from datetime import UTC, datetime

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from portal.platform.access.guards import SeeOther, no_destination, signed_in
from portal.platform.access.refusals import not_theirs
from portal.platform.access.types import SignedInRequest
from portal.platform.language.translations import mark_like
from portal.platform.sources import asking, beside, catalogue, datasets, gaps
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.inquiry import of_oneself
from portal.platform.sources.reading.outcomes import Outcome
from portal.platform.ui.links import links

from .. import framing
from ..arranging import ranking, rendering, tiles, windows
from ..types import LOOK


@no_destination  # The handle means nothing in another session.
@require_safe
@signed_in
async def item(request: SignedInRequest, agency: str, dataset: str, handle: str) -> HttpResponseBase:
    """Show one item with all its facts; 404 when a whole answer has no such item."""
    entry = catalogue.installed().entry(f"{agency}.{dataset}")
    if entry is None or entry.dataset.items is None:
        raise Http404
    again = frozenset(request.GET.getlist("opnieuw"))
    own = of_oneself(request.session, request.occasion, LOOK)
    answers = await asking.all_answers(own, [datasets.inquiry_of(entry)], again=again)
    if answers is None:
        return SeeOther(links.session_ended(links.dataset(entry)))
    ((_, outcome),) = answers
    address = f"{links.dataset(entry)}{handle}/"
    viewer = framing.viewer_of(request.session)
    full_item = await beside.run(
        rendering.is_long([(entry, outcome)]), tiles.item_at, entry, outcome, address, viewer
    )
    if full_item is None:
        if gaps.is_whole(outcome):
            raise not_theirs(request, "item")
        return _not_known(request, entry, outcome, again)
    part, window = windows.part_of_item(full_item, framing.page_start_of(request).at)
    tile = await beside.run(rendering.is_long([(entry, outcome)]), tiles.tile_of_item, entry, outcome, part, viewer)
    tile = windows.fit(tile, "lead")
    about = framing.about(entry.name)
    ranked = ranking.of_item(part, entry)
    context = {"tile": tile, "item": part, "ranked": ranked, "window": window, "about": about}
    return _page(request, "themes/item.html", entry, context | {"now": datetime.now(UTC), "pdf": f"{address}pdf/"})


def _not_known(
    request: SignedInRequest, entry: DatasetEntry, outcome: Outcome, again: frozenset[str]
) -> HttpResponse:
    """Show that the answer is missing or partial, as the missing part may hold the item."""
    tile = tiles.tile_of(entry, gaps.without_facts(outcome), "theme")
    context = {"tile": tile, "about": framing.about(entry.name), "now": datetime.now(UTC)}
    shape = {"depth": "theme", "level": "h2", "asked_again": again}
    rendered = get_template("themes/tile.html").render(context | shape)
    trouble = mark_safe(rendered)  # noqa: S308 - our template escaped it
    return _page(request, "themes/item_not_known.html", entry, {"trouble": trouble, "title": entry.words.title})


def _page(request: SignedInRequest, template: str, entry: DatasetEntry, context: dict[str, object]) -> HttpResponse:
    assert entry.words.items is not None  # noqa: S101 - the view checked it
    # The breadcrumb is the word for such an item: its own title would say something of the citizen.
    word = entry.words.items.one
    crumbs = framing.crumbs_of(entry, {"title": mark_like(word, word.capitalize()), "href": ""})
    return render(request, template, context | {"crumbs": crumbs, "back": links.dataset(entry)})
