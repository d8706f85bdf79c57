"""The overview of somebody's dossiers, streamed: its list follows when the body that answers for all has answered."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponseBase
from django.template.loader import get_template
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.platform.access import carried
from portal.platform.access.guards import SeeOther, no_destination, signed_in, streams, without_token
from portal.platform.access.types import SignedInRequest
from portal.platform.sources import beside
from portal.platform.ui import streaming
from portal.platform.ui.sight import Sight

from . import actions, addresses, arranging, framing, looking, rules, troubles
from .rules import DossierCard, DossierFilter

TITLE = _("Aanvragen en dossiers")
SHEETS = ("dossiers/dossiers.css",)
CHOICE = b"choice of dossiers"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@without_token
@streams
async def overview(request: SignedInRequest) -> HttpResponseBase:
    """Show all dossiers, what asks something of the citizen first; a POST filters them."""
    if request.method == "POST":
        # Sealed, so that logs and histories of addresses do not show what people look for.
        sealed = carried.seal(request.session, CHOICE, rules.choice_of(request.POST))
        return SeeOther(f"{request.path}?lijst={sealed}#dossiers")
    return streaming.answer(_stream(request))


async def _stream(request: SignedInRequest) -> AsyncIterator[bytes]:
    """Send the head at once, then the frame, the dossiers when they come, and the end of the page last."""
    async for piece in streaming.opening(request, "dossiers/open.html", {"title": TITLE, "crumbs": ()}, SHEETS):
        yield piece
    sight = Sight()
    lending = asyncio.create_task(looking.borrow(request))
    try:
        sealed = request.GET.get("lijst", "")
        unsealed = carried.unseal(DossierFilter, request.session, CHOICE, sealed)
        choice = unsealed or DossierFilter()
        begins = _begins(request)
        # A filter, and a next part of the list, apply to the answer that the citizen saw a moment ago.
        is_again = "opnieuw" in request.GET
        is_same_look = (choice.is_made or begins) and not is_again
        outcome = await looking.look(request, fresh=looking.FRESH if is_same_look else looking.LIVE)
        overview_cards = await looking.overview_of(request, outcome)
        cards = overview_cards.cards
        arranged = await beside.run(
            len(cards) > rules.MANY, arranging.arrange, cards, choice, timezone.localdate(), begins
        )
        context = {
            "arranged": arranged,
            # The filter was sealed for another session.
            "is_lost": bool(sealed) and unsealed is None,
            "new_states": " ".join(card.state_name for card in arranged.news),
            "kept": f"lijst={sealed}&" if choice.is_made else "",
            "session": request.session,
            "request": request,
            "today": timezone.localdate().isoformat(),
            "periods": rules.PERIODS,
            "stands": rules.TITLES,
            **framing.shared_context(),
            **troubles.context_of(outcome, datetime.now(UTC), overview_cards),
        }
        yield sight.mark().encode()
        async for chunk in streaming.stretches(_pieces(context)):
            yield chunk
        lines, is_lent = await lending
        if lines or not is_lent:
            rendered = get_template("dossiers/lent.html").render({"lines": lines, "is_whole": is_lent})
            yield rendered.encode()
        yield (sight.mark() + get_template("dossiers/close.html").render(context)).encode()
    finally:
        lending.cancel()
        await asyncio.gather(lending, return_exceptions=True)


async def _pieces(context: dict[str, Any]) -> AsyncIterator[str]:
    """Render the list in parts, so that others have the loop between two of them."""
    yield get_template("dossiers/list.html").render(context)
    card = get_template("dossiers/card.html")
    for group in context["arranged"].groups:
        yield get_template("dossiers/group.html").render({"group": group, "part": "open"})
        for shown in group.first:
            yield card.render({**context, "card": shown})
        if group.folded:
            yield get_template("dossiers/group.html").render({"group": group, "part": "fold"})
            for shown in group.folded:
                yield card.render({**context, "card": shown})
            yield "</details>"
        yield "</section>"
    yield get_template("dossiers/list_end.html").render(context)


def _begins(request: SignedInRequest) -> int:
    """Read the number of dossiers before the part that is asked for; anything else than a number counts as 0."""
    written = request.GET.get("vanaf", "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 8 else 0


@require_POST
@signed_in
@no_destination
async def mark_seen(request: SignedInRequest) -> HttpResponseBase:
    """Remember which states of their dossiers the citizen saw, some or all that the page called new, and go back.

    What a body changed after the page was made stays new.
    """
    outcome = await looking.look(request, fresh=None)
    is_all = request.POST.get("keuze") == "alle"
    states = frozenset(request.POST.get("nieuw", "").split() if is_all else request.POST.getlist("stand"))
    cards = (await looking.overview_of(request, outcome)).cards
    chosen = [card.dossier for card in cards if card.is_new and card.state_name in states]
    await actions.mark_seen(request.occasion, chosen)
    return SeeOther(_back(request, cards))


def _back(request: SignedInRequest, cards: list[DossierCard]) -> str:
    """Lead back to the dossier whose page the form stood on, or else to the list."""
    from_page = request.POST.get("van", "")
    if from_page and any(card.handle == from_page for card in cards):
        return addresses.of_dossier(from_page)
    return f"{addresses.overview()}#dossiers"
