"""The overview, a theme, one dataset: pages that stream, each tile when its source has answered."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from functools import cache

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from portal.features.profile import queries as profile
from portal.platform.access import return_path, sessions
from portal.platform.access.guards import SIGN_IN, signed_in
from portal.platform.access.types import Session
from portal.platform.sources import catalogue
from portal.platform.sources.catalogue import Entry
from portal.platform.sources.reading.outcomes import Outcome, Partial, Ready

from . import queries, rules
from .naming import naming_of
from .types import TITLES, Depth, Group, Look, Theme

OVERVIEW = _("Uw gegevens")

log = logging.getLogger("portal.themes")


@require_safe
@signed_in
async def overview(request: HttpRequest) -> HttpResponseBase:
    """Show every dataset, arranged by theme."""
    groups = [
        Group(theme, TITLES[theme], reverse("themes:theme", kwargs={"theme": theme}), entries)
        for theme in Theme
        if (entries := catalogue.installed().of_theme(theme))
    ]
    return _page(request, OVERVIEW, groups, depth="lead")


@require_safe
@signed_in
async def theme(request: HttpRequest, theme: str) -> HttpResponseBase:
    """Show one theme, its datasets in full."""
    entries = catalogue.installed().of_theme(theme)
    if theme not in set(Theme) or not entries:
        raise Http404
    title = TITLES[Theme(theme)]
    crumbs = [_overview_crumb(), {"title": title, "href": ""}]
    return _page(request, title, [Group(theme, "", "", entries)], crumbs, depth="theme")


@require_safe
@signed_in
async def dataset(request: HttpRequest, agency: str, dataset: str) -> HttpResponseBase:
    """Show one dataset in full."""
    entry = catalogue.installed().entry(f"{agency}.{dataset}")
    if entry is None:
        raise Http404
    of_theme = Theme(entry.dataset.theme)
    crumbs = [
        _overview_crumb(),
        {"title": TITLES[of_theme], "href": reverse("themes:theme", kwargs={"theme": of_theme})},
        {"title": entry.dataset.title, "href": ""},
    ]
    return _page(request, entry.dataset.title, [Group(of_theme, "", "", (entry,))], crumbs, depth="all")


def _overview_crumb() -> dict[str, str]:
    return {"title": OVERVIEW, "href": reverse("themes:overview")}


def _page(
    request: HttpRequest,
    title: str,
    groups: Sequence[Group],
    crumbs: Sequence[dict[str, str]] = (),
    *,
    depth: Depth,
) -> HttpResponseBase:
    if request.method == "HEAD":
        # Whoever asks for the headers alone asks no body about anyone.
        return HttpResponse(headers={"Cache-Control": "no-store"})
    # Read before the frame is sent: what is wrong with the request can still be answered as such.
    asked_again = frozenset(request.GET.getlist("opnieuw"))
    return StreamingHttpResponse(
        _stream(request, title, groups, crumbs, depth=depth, asked_again=asked_again),
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _stream(
    request: HttpRequest,
    title: str,
    groups: Sequence[Group],
    crumbs: Sequence[dict[str, str]],
    *,
    depth: Depth,
    asked_again: frozenset[str],
) -> AsyncIterator[bytes]:
    """Send the frame at once, each tile as its source answers, and the closing line last.

    In bytes: the last piece is kept as long as the page waits, and as text it takes three times as much room.
    """
    context = {"title": title, "groups": groups, "crumbs": crumbs, "depth": depth}
    yield get_template("themes/open.html").render(context, request).encode()
    if any(rules.is_identity(entry) for group in groups for entry in group.entries) and depth != "lead":
        yield await _own_part(request)
    # Let the frame reach the socket before the asking begins: people see the page, then it fills.
    await asyncio.sleep(0)
    entries = [entry for group in groups for entry in group.entries]
    outcomes: list[tuple[Entry, Outcome]] = []
    tile_template = get_template("themes/tile.html")
    level = "h3" if groups[0].title else "h2"
    look = _look(request.session)
    shape = {"depth": depth, "level": level, "asked_again": asked_again}
    async for entry, outcome in queries.answers(
        request.session,
        entries,
        again=asked_again,
        correlation_id=request.correlation_id,
    ):
        outcomes.append((entry, outcome))
        tile = rules.tile_of(entry, outcome, depth, look)
        yield tile_template.render(
            {"tile": tile, "about": _about(entry.name), "now": datetime.now(UTC), **shape}
        ).encode()
        if entry.dataset.person_name and depth != "lead":
            yield _name_part(request, entry, outcome, level, is_asked_again=entry.name in asked_again)
    yield get_template("themes/close.html").render({"summary": rules.summary_of(outcomes)}).encode()


async def _own_part(request: HttpRequest) -> bytes:
    """Render what stands beside the identity: the nickname, which people give us themselves."""
    try:
        nickname = await profile.look_at_nickname(
            request.session.citizen_id, correlation_id=request.correlation_id, now=datetime.now(UTC)
        )
    except Exception as error:
        # Trouble with what is ours must not take the sources' answers away.
        log.error("nickname not read: %s %s", type(error).__name__, request.correlation_id)
        nickname = None
    return bytes(get_template("themes/nickname.html").render({"nickname": nickname}).encode())


def _name_part(request: HttpRequest, entry: Entry, outcome: Outcome, level: str, *, is_asked_again: bool) -> bytes:
    """Render what to do about a wrong name, below the answer that says how somebody is called."""
    who, roles = request.session.identity, entry.dataset.person_name
    facts = outcome.facts if isinstance(outcome, Ready | Partial) else None
    naming = naming_of(who.given_name, who.family_name, facts, roles) if facts is not None and roles else None
    context = {
        "entry": entry,
        "outcome": outcome,
        "level": level,
        "naming": naming,
        "is_asked_again": is_asked_again,
        "is_fresh": is_asked_again and facts is not None,
        "sign_in_again": return_path.with_path(f"{SIGN_IN}?opnieuw=1", request.path),
    }
    return bytes(get_template("themes/name.html").render(context).encode())


def _look(session: Session) -> Look:
    """Say who looks, and where they find the profile of a child."""
    return Look(
        address_of=lambda number: reverse("themes:child", kwargs={"handle": sessions.person_handle(session, number)}),
        today=timezone.localdate(),
    )


@cache
def _about(name: str) -> SafeString:
    """Render what is the same for everyone once: it is nearly half of a tile."""
    about = get_template("themes/about.html").render(
        {"entry": catalogue.installed().entry(name), "is_about_child": False}
    )
    # Our own template, escaped as it was rendered.
    return mark_safe(about)  # noqa: S308
