"""The PDFs of a theme, a dataset and an item: asked and journalled as pages are, made at once, and not kept."""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from portal.platform.access.guards import SeeOther, no_destination, signed_in
from portal.platform.access.refusals import not_theirs
from portal.platform.access.types import SignedInRequest
from portal.platform.paper import answers, typesetting
from portal.platform.sources import asking, beside, catalogue, datasets, gaps
from portal.platform.sources.catalogue import DatasetEntry, EntryOutcome
from portal.platform.sources.inquiry import of_oneself
from portal.platform.ui.links import links

from .. import framing, queries
from ..arranging import rendering, tiles
from ..types import LOOK, TITLES, Theme
from . import document

log = logging.getLogger("portal.themes")

Compose = Callable[[Sequence[EntryOutcome], str, datetime], dict[str, Any]]


@no_destination  # Whoever comes back after signing in wants a page.
@require_safe
@signed_in
async def theme(request: SignedInRequest, theme: str) -> HttpResponseBase:
    """Give a theme as a PDF, with everything of each dataset."""
    entries = queries.of_theme(theme)
    if not entries:
        raise Http404

    def compose(outcomes: Sequence[EntryOutcome], who: str, now: datetime) -> dict[str, Any]:
        return document.of_datasets(outcomes, title=TITLES[Theme(theme)], who=who, now=now)

    return await _pdf(request, entries, compose, name=theme)


@no_destination
@require_safe
@signed_in
async def dataset(request: SignedInRequest, agency: str, dataset: str) -> HttpResponseBase:
    """Give one dataset as a PDF, with everything its source says."""
    entry = _entry(agency, dataset)

    def compose(outcomes: Sequence[EntryOutcome], who: str, now: datetime) -> dict[str, Any]:
        return document.of_datasets(outcomes, title=entry.words.title, who=who, now=now)

    return await _pdf(request, [entry], compose, name=entry.dataset.id)


@no_destination
@require_safe
@signed_in
async def item(request: SignedInRequest, agency: str, dataset: str, handle: str) -> HttpResponseBase:
    """Give one item as a PDF; when the answer is missing or partial and lacks it, a PDF that says so."""
    entry = _entry(agency, dataset)
    address = f"{links.dataset(entry)}{handle}/"
    viewer = framing.viewer_of(request.session)

    def compose(outcomes: Sequence[EntryOutcome], who: str, now: datetime) -> dict[str, Any]:
        ((_, outcome),) = outcomes
        shown = tiles.item_at(entry, outcome, address, viewer)
        if shown:
            return document.of_item(tiles.tile_of_item(entry, outcome, shown, viewer), shown, who=who, now=now)
        if gaps.is_whole(outcome):
            raise not_theirs(request, "item")
        trouble = [(entry, gaps.without_facts(outcome))]
        return document.of_datasets(trouble, title=entry.words.title, who=who, now=now)

    return await _pdf(request, [entry], compose, name=entry.dataset.id)


def _entry(agency: str, dataset: str) -> DatasetEntry:
    entry = catalogue.installed().entry(f"{agency}.{dataset}")
    if entry is None:
        raise Http404
    return entry


async def _pdf(
    request: SignedInRequest, entries: Sequence[DatasetEntry], compose: Compose, *, name: str
) -> HttpResponseBase:
    back = reverse("themes:overview")
    asker = answers.Asker(request.session.citizen_id, request.correlation_id, back, _("Terug naar uw gegevens"))
    return await answers.answer(
        partial(render, request), asker, partial(_answer, request, entries, compose, name), log
    )


async def _answer(
    request: SignedInRequest, entries: Sequence[DatasetEntry], compose: Compose, name: str
) -> HttpResponseBase:
    session = request.session
    own = of_oneself(session, request.occasion, LOOK)
    outcomes = await asking.all_answers(own, datasets.inquiries(entries))
    now = datetime.now(UTC)
    if outcomes is None:
        return SeeOther(links.session_ended(links.landing()))
    identity = session.identity
    who = f"{identity.given_name} {identity.family_name}"
    data = await beside.run(rendering.is_long(outcomes), compose, outcomes, who, now)
    return answers.download(await typesetting.typeset(data), name)
