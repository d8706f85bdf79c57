"""The page of one dossier: its whole history, what usually comes next, who handles it.

Not streamed: whether there is such a dossier is known only when the body that answers for all bodies has answered.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from portal.platform.access.derivation import is_same
from portal.platform.access.guards import no_destination, signed_in
from portal.platform.access.refusals import not_theirs
from portal.platform.access.types import SignedInRequest

from . import addresses, drawing, duration_words, framing, looking, troubles, views, wording
from .rules import DossierCard
from .types import Change

TITLE = _("Uw dossier")


@no_destination  # the address means nothing in another session
@require_safe
@signed_in
async def dossier(request: SignedInRequest, handle: str) -> HttpResponseBase:
    """Show one dossier with everything its body said of it; 404 where the citizen has no such dossier."""
    outcome = await looking.look(request, fresh=looking.LIVE if request.GET.get("opnieuw") else looking.FRESH)
    overview = await looking.overview_of(request, outcome)
    card = card_at(overview.cards, handle)
    context = troubles.context_of(outcome, datetime.now(UTC), overview)
    if card is None:
        return without_card(request, context)
    return _page(
        request,
        "dossiers/dossier.html",
        {**context, **context_of(card), "duration": await duration_words.of_card(card)},
    )


def without_card(request: SignedInRequest, context: dict[str, Any]) -> HttpResponse:
    """Say that a dossier may stand in the part of an answer that is missing; 404 when nothing is missing.

    context: what `troubles.context_of` gives.
    """
    if context["is_whole"]:
        raise not_theirs(request, "dossier")
    return _page(request, "dossiers/not_known.html", context)


def card_at(cards: Sequence[DossierCard], handle: str) -> DossierCard | None:
    """Find the card whose handle an address has; None where there is none."""
    return next((card for card in cards if is_same(card.handle, handle)), None)


def context_of(card: DossierCard) -> dict[str, Any]:
    """Give what the template `dossier.html` says of one dossier."""
    return {
        "card": card,
        "today": timezone.localdate().isoformat(),
        "history": [(change, wording.sentence_of(change), phase_words(change)) for change in card.dossier.changes],
        "drawn": drawing.draw(card.dossier.changes),
        "next": wording.next_of(card.newest),
    }


def phase_words(change: Change) -> str:
    """Name the phase of a change in our words, or in the body's where we do not know it."""
    phase = wording.phase_of(change)
    return wording.PHASES[phase] if phase else change.phase


def _page(request: SignedInRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    crumbs = [{"title": views.TITLE, "href": addresses.overview()}, {"title": TITLE, "href": ""}]
    response = render(
        request,
        template,
        {**framing.shared_context(), **context, "title": TITLE, "crumbs": crumbs, "session": request.session},
    )
    response.headers["Cache-Control"] = "no-store"
    return response
