"""The overview, a theme, one dataset: pages that stream, each tile when its source has answered."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

from django.http import Http404, HttpResponseBase
from django.template.loader import get_template
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.features.profile import queries as profile
from portal.platform.access import carried
from portal.platform.access.guards import SeeOther, signed_in, streams, without_token
from portal.platform.access.types import SignedInRequest
from portal.platform.municipalities import wording
from portal.platform.sources import asking, catalogue, datasets, residence
from portal.platform.sources.catalogue import Agency, DatasetEntry, EntryOutcome
from portal.platform.sources.inquiry import of_oneself
from portal.platform.sources.reading.outcomes import Outcome, Partial, Ready
from portal.platform.ui import streaming
from portal.platform.ui.links import links

from .. import framing, queries, section
from ..arranging import lists, rendering
from ..arranging.summary import summary_of
from ..framing import OVERVIEW
from ..together.naming import compare_name
from ..types import LOOK, TITLES, DatasetGroup, Depth, ListFilter, Theme
from .empties import EmptyTiles
from .slots import TileSlots

CHOICE = b"choice of a list"
SHEETS = ("themes/family.css", "themes/facts.css", "themes/lists.css", "themes/overview.css", "themes/search.css")

log = logging.getLogger("portal.themes")


@require_safe
@signed_in
@streams
async def overview(request: SignedInRequest) -> HttpResponseBase:
    """Show every dataset, arranged by theme."""
    groups = [
        DatasetGroup(theme, TITLES[theme], framing.address_of_theme(theme), entries)
        for theme in Theme
        if (entries := queries.of_theme(theme))
    ]
    return _page(request, OVERVIEW, groups, depth="lead")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@without_token
@streams
async def theme(request: SignedInRequest, theme: str) -> HttpResponseBase:
    """Show one theme, its datasets in full; a POST filters one long list."""
    entries = queries.of_theme(theme)
    if not entries:
        raise Http404
    pdf = reverse("themes:theme-pdf", kwargs={"theme": theme})
    return _page(
        request, TITLES[Theme(theme)], queries.by_body(entries), framing.crumbs(Theme(theme)), depth="theme", pdf=pdf
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@without_token
@streams
async def dataset(request: SignedInRequest, agency: str, dataset: str) -> HttpResponseBase:
    """Show one dataset in full; a POST filters its list."""
    entry = catalogue.installed().entry(f"{agency}.{dataset}")
    if entry is None:
        raise Http404
    return _page(
        request,
        entry.words.title,
        [DatasetGroup(section.of(entry).theme, "", "", (entry,))],
        framing.crumbs_of(entry),
        depth="all",
        pdf=links.dataset(entry) + "pdf/",
    )


def _page(
    request: SignedInRequest,
    title: str,
    groups: Sequence[DatasetGroup],
    crumbs: Sequence[dict[str, str]] = (),
    *,
    depth: Depth,
    pdf: str = "",
) -> HttpResponseBase:
    if request.method == "POST":
        return _lead_to_filter(request)
    # The request is read before the frame leaves: after that no error status can be sent.
    filling = _Filling(request, groups, depth)
    frame = {"title": title, "groups": groups, "crumbs": crumbs, "depth": depth, "level": filling.level, "pdf": pdf}
    return streaming.answer(_stream(request, frame, filling))


def _lead_to_filter(request: SignedInRequest) -> HttpResponseBase:
    """Redirect to the page with the filter in its address, sealed: it may say something of the citizen.

    It redirects, so that the browser's Back finds the filtered list again.
    """
    choice = lists.choice_of(request.POST)
    entry = catalogue.installed().entry(choice.dataset)
    sealed = carried.seal(request.session, CHOICE, choice)
    return SeeOther(f"{request.path}?lijst={sealed}{f'#tile-{entry.slug}' if entry else ''}")


async def _stream(request: SignedInRequest, frame: dict[str, Any], filling: "_Filling") -> AsyncIterator[bytes]:
    """Send the head at once, then the frame, each tile as its source answers, and the closing line last.

    It yields bytes: the last piece is held as long as the page waits, and as text it takes three times as much
    memory.
    """
    yield streaming.head(request, frame["title"], SHEETS)
    await streaming.let_heads_go_first(request.correlation_id)
    inquiries = datasets.inquiries([entry for group in frame["groups"] for entry in group.entries])
    # Sources that need a surer means of signing in are not asked.
    asked = [inquiry.key for inquiry in inquiries if asking.may_see(request.session, inquiry)]
    frame |= {"kinds": len(asked), "bodies": _bodies_of(asked)}
    yield get_template("themes/open.html").render(frame, request).encode()
    slots = TileSlots(frame["groups"])
    if any(queries.is_identity(inquiry.key) for inquiry in inquiries) and frame["depth"] != "lead":
        yield await _own_part(request)
    # Let this frame, and those of other requests, reach their sockets before bodies are asked.
    await asyncio.sleep(0)
    own = of_oneself(request.session, request.occasion, LOOK)
    outcomes: dict[str, Outcome] = {}
    async with aclosing(asking.answers_together(own, inquiries, again=filling.asked_again)) as batches:
        async for batch in batches:
            outcomes |= {entry.name: outcome for entry, outcome in batch}
            for turn in rendering.in_turns(batch):
                async for chunk in streaming.stretches(filling.pieces_of(turn, slots)):
                    yield chunk
    in_order = [(inquiry.key, outcomes[inquiry.name]) for inquiry in inquiries if inquiry.name in outcomes]
    closing = {"summary": summary_of(in_order), "depth": frame["depth"], "pdf": frame["pdf"], "kept": filling.kept}
    yield (slots.mark_seen() + get_template("themes/close.html").render(closing)).encode()


class _Filling:
    """Renders the tiles that fill the slots of one page while its sources answer.

    level: of the headings of tiles. asked_again: the names of datasets that are asked anew. kept: the part of the
    query that links repeat to keep the filter of a list (`lists.query_prefix`).
    """

    def __init__(self, request: SignedInRequest, groups: Sequence[DatasetGroup], depth: Depth) -> None:
        sealed = request.GET.get("lijst", "")
        choice = carried.unseal(ListFilter, request.session, CHOICE, sealed) or ListFilter()
        self.level = "h3" if groups[0].title else "h2"
        self.asked_again = frozenset(request.GET.getlist("opnieuw"))
        self.kept = lists.query_prefix(choice, sealed)
        self._request, self._depth = request, depth
        self._viewer, self._start = framing.viewer_of(request.session, choice), framing.page_start_of(request)
        self._empties, self._is_troubled = EmptyTiles(groups), False
        self._shape = {"depth": depth, "level": self.level, "asked_again": self.asked_again}
        self._shape |= {"kept": self.kept, "page": request.path}

    async def pieces_of(self, outcomes: Sequence[EntryOutcome], slots: TileSlots) -> AsyncIterator[str]:
        """Render all that these outcomes add to the page."""
        if mark := slots.mark_seen():
            yield mark
        for entry, outcome in outcomes:
            async for piece in self._pieces_of(entry, outcome, slots):
                yield piece

    async def _pieces_of(self, entry: DatasetEntry, outcome: Outcome, slots: TileSlots) -> AsyncIterator[str]:
        """Render all that one outcome adds to the page: its tile, and the parts beside it."""
        start = self._start.at if entry.name == self._start.dataset else 0
        tile = await rendering.arrange(entry, outcome, self._depth, self._viewer, start)
        group, empty = self._empties.add(tile)
        # Two links ask for all that is missing: one in the first tile that lacks something, one in the closing line.
        may_ask_again = tile.may_help_to_ask_again and not self._is_troubled
        self._is_troubled |= may_ask_again
        about, theme = framing.about(entry.name, self._depth), section.of(entry).theme
        more = {"about": about, "now": datetime.now(UTC), "may_ask_again": may_ask_again, "theme": theme}
        if rendering.is_empty(tile, self._depth):
            yield rendering.render_empty(tile, self._depth, keeps_room=slots.keeps(entry.name))
        else:
            async for piece in rendering.render(tile, {**more, **self._shape}):
                yield piece
        if empty and self._depth != "all":
            line = {"group": group, "empties": empty, **self._shape}
            yield get_template("themes/empties.html").render(line)
        if section.of(entry).person_name and self._depth != "lead":
            is_asked_again = entry.name in self.asked_again
            yield _name_part(self._request, entry, outcome, self.level, is_asked_again=is_asked_again)
        if entry.dataset.residence and self._depth != "lead":
            yield _address_part(entry, outcome, self.level)


def _bodies_of(entries: Sequence[DatasetEntry]) -> list[Agency]:
    """List the bodies that a page asks, each once, in the page's order."""
    return list({entry.agency.id: entry.agency for entry in entries}.values())


async def _own_part(request: SignedInRequest) -> bytes:
    """Render the nickname, which stands beside the identity; nothing in a portal without profiles."""
    if not links.nickname():
        return b""
    try:
        nickname = await profile.look_at_nickname(request.occasion)
    except Exception as error:
        # A failure of our own database must not take the answers of sources away.
        log.error("nickname not read: %s %s", type(error).__name__, request.correlation_id)
        nickname = None
    return bytes(get_template("themes/nickname.html").render({"nickname": nickname}).encode())


def _name_part(
    request: SignedInRequest, entry: DatasetEntry, outcome: Outcome, level: str, *, is_asked_again: bool
) -> str:
    """Render what to do about a wrong name, below the answer that gives the name of the citizen."""
    identity, keys = request.session.identity, section.of(entry).person_name
    facts = outcome.value if isinstance(outcome, Ready | Partial) else None
    naming = (
        compare_name(identity.given_name, identity.family_name, facts, keys) if facts is not None and keys else None
    )
    context = {
        "entry": entry,
        "outcome": outcome,
        "level": level,
        "naming": naming,
        "help": keys.help if keys else "",
        "is_asked_again": is_asked_again,
        "is_fresh": is_asked_again and facts is not None,
        "sign_in_again": links.sign_in_anew(request.path),
    }
    return str(get_template("themes/name.html").render(context))


def _address_part(entry: DatasetEntry, outcome: Outcome, level: str) -> str:
    """Render which desk corrects a wrong address, below the answer that gives the address."""
    context = {"entry": entry, "level": level, "desk": wording.render_desk(residence.desk_of(entry, outcome))}
    return str(get_template("themes/address.html").render(context))
