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
from ..together.naming import naming_of
from ..types import LOOK, TITLES, DatasetGroup, Depth, ListFilter, Theme
from .empties import Empties
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

    To an address and not at once, so that the browser's Back finds it again.
    """
    choice = lists.choice_of(request.POST)
    entry = catalogue.installed().entry(choice.dataset)
    sealed = carried.seal(request.session, CHOICE, choice)
    return SeeOther(f"{request.path}?lijst={sealed}{f'#tile-{entry.slug}' if entry else ''}")


async def _stream(request: SignedInRequest, frame: dict[str, Any], filling: "_Filling") -> AsyncIterator[bytes]:
    """Send the head at once, then the frame, each tile as its source answers, and the closing line last.

    In bytes: the last piece is kept as long as the page waits, and as text it takes three times as much room.
    """
    yield streaming.head(request, frame["title"], SHEETS)
    await streaming.let_heads_go_first(request.correlation_id)
    inquiries = datasets.inquiries([entry for group in frame["groups"] for entry in group.entries])
    # Sources that need a surer means of signing in are not asked.
    asked = [one.key for one in inquiries if asking.may_see(request.session, one)]
    frame |= {"kinds": len(asked), "bodies": _bodies_of(asked)}
    yield get_template("themes/open.html").render(frame, request).encode()
    slots = TileSlots(frame["groups"])
    if any(queries.is_identity(one.key) for one in inquiries) and frame["depth"] != "lead":
        yield await _own_part(request)
    # Let the frame reach the socket before the asking begins, and others' frames: people see the page, then it fills.
    await asyncio.sleep(0)
    own = of_oneself(request.session, request.occasion, LOOK)
    outcomes: dict[str, Outcome] = {}
    async with aclosing(asking.answers_together(own, inquiries, again=filling.asked_again)) as asked_together:
        async for several in asked_together:
            outcomes |= {entry.name: outcome for entry, outcome in several}
            for found in rendering.in_turns(several):
                async for chunk in streaming.stretches(filling.pieces_of(found, slots)):
                    yield chunk
    found = [(one.key, outcomes[one.name]) for one in inquiries if one.name in outcomes]
    closing = {"summary": summary_of(found), "depth": frame["depth"], "pdf": frame["pdf"], "kept": filling.kept}
    yield (slots.mark_seen() + get_template("themes/close.html").render(closing)).encode()


class _Filling:
    """What fills the slots of one page as its sources answer.

    level: of the headings of tiles. asked_again: the datasets that are asked anew, by name. kept: what links repeat
    of the address, for the filter of a list.
    """

    def __init__(self, request: SignedInRequest, groups: Sequence[DatasetGroup], depth: Depth) -> None:
        sealed = request.GET.get("lijst", "")
        choice = carried.unseal(ListFilter, request.session, CHOICE, sealed) or ListFilter()
        self.level = "h3" if groups[0].title else "h2"
        self.asked_again = frozenset(request.GET.getlist("opnieuw"))
        self.kept = lists.in_address(choice, sealed)
        self._request, self._depth = request, depth
        self._look, self._begins = framing.look(request.session, choice), framing.begins_of(request)
        self._empties, self._is_troubled = Empties(groups), False
        self._shape = {"depth": depth, "level": self.level, "asked_again": self.asked_again}
        self._shape |= {"kept": self.kept, "page": request.path}

    async def pieces_of(self, found: Sequence[EntryOutcome], slots: TileSlots) -> AsyncIterator[str]:
        """Render all that comes with these answers."""
        if mark := slots.mark_seen():
            yield mark
        for entry, outcome in found:
            async for piece in self._pieces_of(entry, outcome, slots):
                yield piece

    async def _pieces_of(self, entry: DatasetEntry, outcome: Outcome, slots: TileSlots) -> AsyncIterator[str]:
        """Render all that comes with one answer: its tile, and what stands beside it."""
        start = self._begins.at if entry.name == self._begins.dataset else 0
        tile = await rendering.arrange(entry, outcome, self._depth, self._look, start)
        group, empty = self._empties.of_group_with(tile)
        # The first tile in trouble has a link that asks for all that is missing; the closing line has the other.
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
    """Render what stands beside the identity: the nickname, which people give us themselves where they can."""
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
    """Render what to do about a wrong name, below the answer that says how somebody is called."""
    who, roles = request.session.identity, section.of(entry).person_name
    facts = outcome.value if isinstance(outcome, Ready | Partial) else None
    naming = naming_of(who.given_name, who.family_name, facts, roles) if facts is not None and roles else None
    context = {
        "entry": entry,
        "outcome": outcome,
        "level": level,
        "naming": naming,
        "help": roles.help if roles else "",
        "is_asked_again": is_asked_again,
        "is_fresh": is_asked_again and facts is not None,
        "sign_in_again": links.sign_in_anew(request.path),
    }
    return str(get_template("themes/name.html").render(context))


def _address_part(entry: DatasetEntry, outcome: Outcome, level: str) -> str:
    """Render who puts a wrong address right, below the answer that says where somebody lives."""
    context = {"entry": entry, "level": level, "desk": wording.render_desk(residence.desk_of(entry, outcome))}
    return str(get_template("themes/address.html").render(context))
