"""The overview, a theme, one dataset: pages that stream, each tile when its source has answered."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.template.loader import get_template
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.features.profile import queries as profile
from portal.platform.access import carried
from portal.platform.access.guards import SeeOther, signed_in, streams, without_token
from portal.platform.access.types import SignedInRequest
from portal.platform.sources import asking, catalogue, datasets
from portal.platform.sources.catalogue import Entry
from portal.platform.sources.inquiry import of_oneself
from portal.platform.sources.reading.outcomes import Outcome, Partial, Ready
from portal.platform.ui import first_bytes
from portal.platform.ui.links import links

from . import framing, lists, queries, rules, section, tiles
from .framing import OVERVIEW
from .naming import naming_of
from .types import LOOK, TITLES, Choice, Depth, Group, Theme

CHOICE = b"choice of a list"

log = logging.getLogger("portal.themes")


@require_safe
@signed_in
@streams
async def overview(request: SignedInRequest) -> HttpResponseBase:
    """Show every dataset, arranged by theme."""
    groups = [
        Group(theme, TITLES[theme], framing.address_of_theme(theme), entries)
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
        request, TITLES[Theme(theme)], rules.by_body(entries), framing.crumbs(Theme(theme)), depth="theme", pdf=pdf
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
        [Group(section.of(entry).theme, "", "", (entry,))],
        framing.crumbs_of(entry),
        depth="all",
        pdf=links.dataset(entry) + "pdf/",
    )


def _page(
    request: SignedInRequest,
    title: str,
    groups: Sequence[Group],
    crumbs: Sequence[dict[str, str]] = (),
    *,
    depth: Depth,
    pdf: str = "",
) -> HttpResponseBase:
    if request.method == "POST":
        return _filtered(request)
    # Read before the frame is sent: what is wrong with the request can still be answered as such.
    asked_again = frozenset(request.GET.getlist("opnieuw"))
    chosen = request.GET.get("lijst", "")
    choice = carried.unseal(Choice, request.session, CHOICE, chosen) or Choice()
    context = {"title": title, "groups": groups, "crumbs": crumbs, "depth": depth, "pdf": pdf}
    return StreamingHttpResponse(
        _stream(request, context, groups, depth=depth, asked_again=asked_again, choice=choice),
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _filtered(request: SignedInRequest) -> HttpResponseBase:
    """Lead to the page with a list as its filter says: sealed, as what people seek about themselves is theirs.

    To an address and not at once, so that the browser's Back finds it again.
    """
    choice = lists.choice_of(request.POST)
    entry = catalogue.installed().entry(choice.dataset)
    sealed = carried.seal(request.session, CHOICE, choice)
    return SeeOther(f"{request.path}?lijst={sealed}{f'#tile-{entry.slug}' if entry else ''}")


async def _stream(
    request: SignedInRequest,
    context: dict[str, Any],
    groups: Sequence[Group],
    *,
    depth: Depth,
    asked_again: frozenset[str],
    choice: Choice,
) -> AsyncIterator[bytes]:
    """Send the frame at once, each tile as its source answers, and the closing line last.

    In bytes: the last piece is kept as long as the page waits, and as text it takes three times as much room.
    """
    yield get_template("themes/open.html").render(context, request).encode()
    if any(rules.is_identity(entry) for group in groups for entry in group.entries) and depth != "lead":
        yield await _own_part(request)
    # Let the frame reach the socket before the asking begins, and others' frames: people see the page, then it fills.
    await asyncio.sleep(0)
    first_bytes.sent(request.correlation_id)
    await first_bytes.let_go_first()
    entries = [entry for group in groups for entry in group.entries]
    outcomes: list[tuple[Entry, Outcome]] = []
    level = "h3" if groups[0].title else "h2"
    look = framing.look(request.session, choice)
    begins = framing.begins_of(request)
    filtering = {"page": request.path, "choice": choice, "chosen": request.GET.get("lijst", "")}
    shape = {"depth": depth, "level": level, "asked_again": asked_again, **filtering}
    own = of_oneself(request.session, request.occasion, LOOK)
    async for entry, outcome in asking.answers(own, datasets.inquiries(entries), again=asked_again):
        outcomes.append((entry, outcome))
        start = begins.at if entry.name == begins.dataset else 0
        tile = await tiles.arranged(entry, outcome, depth, look, start)
        more = {"about": framing.about(entry.name), "now": datetime.now(UTC), **shape}
        async for piece in tiles.rendered(tile, more):
            yield piece.encode()
        if section.of(entry).person_name and depth != "lead":
            yield _name_part(request, entry, outcome, level, is_asked_again=entry.name in asked_again)
    closing = {"summary": rules.summary_of(outcomes), "depth": depth}
    yield get_template("themes/close.html").render(closing).encode()


async def _own_part(request: SignedInRequest) -> bytes:
    """Render what stands beside the identity: the nickname, which people give us themselves where they can."""
    if not links.nickname():
        return b""
    try:
        nickname = await profile.look_at_nickname(request.occasion)
    except Exception as error:
        # Trouble with what is ours must not take the sources' answers away.
        log.error("nickname not read: %s %s", type(error).__name__, request.correlation_id)
        nickname = None
    return bytes(get_template("themes/nickname.html").render({"nickname": nickname}).encode())


def _name_part(
    request: SignedInRequest, entry: Entry, outcome: Outcome, level: str, *, is_asked_again: bool
) -> bytes:
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
    return bytes(get_template("themes/name.html").render(context).encode())
