"""A citizen's data as a PDF: asked, journalled and told as the pages do, made while they wait, and not kept."""

import asyncio
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.platform.access.guards import SeeOther, no_destination, signed_in
from portal.platform.access.refusals import not_theirs
from portal.platform.access.types import SignedInRequest
from portal.platform.kit.errors import PortalError
from portal.platform.sources import asking, beside, catalogue, datasets
from portal.platform.sources.catalogue import Entry, Found
from portal.platform.sources.inquiry import of_oneself
from portal.platform.ui.links import links

from . import document, framing, queries, rules, tiles, typesetting
from .types import LOOK, TITLES, Theme
from .typesetting import PdfBusy, PdfNotMade, PdfUnderWay

# For all of it, from the request to the PDF. Asking takes at most a page's budget of that (10 s); what is left is for
# the turn and the program, which need a second or two. The browser shows nothing meanwhile.
SECONDS = 15.0
RETRY_SECONDS: Mapping[type[PortalError], int] = {PdfBusy: 30, PdfUnderWay: 15}

log = logging.getLogger("portal.themes")

Compose = Callable[[Sequence[Found], str, datetime], dict[str, Any]]


@no_destination  # whoever comes back after signing in wants a page
@require_safe
@signed_in
async def theme(request: SignedInRequest, theme: str) -> HttpResponseBase:
    """Give a theme as a PDF, with everything of each dataset."""
    entries = queries.of_theme(theme)
    if not entries:
        raise Http404

    def compose(found: Sequence[Found], who: str, now: datetime) -> dict[str, Any]:
        return document.of_datasets(found, title=TITLES[Theme(theme)], who=who, now=now)

    return await _pdf(request, entries, compose, name=theme)


@no_destination
@require_safe
@signed_in
async def dataset(request: SignedInRequest, agency: str, dataset: str) -> HttpResponseBase:
    """Give one dataset as a PDF, with everything its source says."""
    entry = _entry(agency, dataset)

    def compose(found: Sequence[Found], who: str, now: datetime) -> dict[str, Any]:
        return document.of_datasets(found, title=entry.words.title, who=who, now=now)

    return await _pdf(request, [entry], compose, name=entry.dataset.id)


@no_destination
@require_safe
@signed_in
async def item(request: SignedInRequest, agency: str, dataset: str, handle: str) -> HttpResponseBase:
    """Give one item as a PDF; when its source cannot be asked now, a PDF that says so."""
    entry = _entry(agency, dataset)
    address = f"{links.dataset(entry)}{handle}/"
    look = framing.look(request.session)

    def compose(found: Sequence[Found], who: str, now: datetime) -> dict[str, Any]:
        ((_, outcome),) = found
        one = rules.item_at(entry, outcome, address, look)
        if one:
            return document.of_item(rules.tile_of_item(entry, outcome, one, look), one, who=who, now=now)
        if rules.is_whole(outcome):
            raise not_theirs(request, "item")
        trouble = [(entry, rules.without_facts(outcome))]
        return document.of_datasets(trouble, title=entry.words.title, who=who, now=now)

    return await _pdf(request, [entry], compose, name=entry.dataset.id)


def _entry(agency: str, dataset: str) -> Entry:
    entry = catalogue.installed().entry(f"{agency}.{dataset}")
    if entry is None:
        raise Http404
    return entry


async def _pdf(
    request: SignedInRequest, entries: Sequence[Entry], compose: Compose, *, name: str
) -> HttpResponseBase:
    try:
        with typesetting.only_one(request.session.citizen_id):
            async with asyncio.timeout(SECONDS):
                return await _made(request, entries, compose, name)
    except TimeoutError:
        error: PortalError = PdfNotMade("too slow as a whole")
    except (PdfBusy, PdfNotMade, PdfUnderWay) as caught:
        error = caught
    level = logging.WARNING if isinstance(error, PdfUnderWay) else logging.ERROR
    log.log(level, "no PDF: %s %s", error, request.correlation_id)
    return _not_made(request, error)


async def _made(request: SignedInRequest, entries: Sequence[Entry], compose: Compose, name: str) -> HttpResponseBase:
    session = request.session
    own = of_oneself(session, request.occasion, LOOK)
    found = await asking.whole(own, datasets.inquiries(entries))
    now = datetime.now(UTC)
    if found is None:
        return SeeOther(links.session_ended(links.landing()))
    identity = session.identity
    who = f"{identity.given_name} {identity.family_name}"
    said = await beside.done(tiles.is_long(found), compose, found, who, now)
    made = await typesetting.typeset(said)
    # The name says nothing about anybody: it stays in lists of downloads.
    plain = re.sub(r"[^a-z0-9]+", "-", name)
    headers = {
        "Content-Disposition": f'attachment; filename="mijn-burgerprofiel-{plain}.pdf"',
        "Cache-Control": "no-store",
    }
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def _not_made(request: SignedInRequest, error: PortalError) -> HttpResponse:
    status = HTTPStatus.TOO_MANY_REQUESTS if isinstance(error, PdfUnderWay) else HTTPStatus.SERVICE_UNAVAILABLE
    response = render(request, "themes/pdf_not_made.html", {"why": error.code}, status=status)
    if type(error) in RETRY_SECONDS:
        response.headers["Retry-After"] = str(RETRY_SECONDS[type(error)])
    return response
