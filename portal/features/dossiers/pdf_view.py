"""One dossier as a PDF: asked and journalled as its page is, made during the request, and not kept."""

import logging
from datetime import UTC, datetime
from functools import partial

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from portal.platform.access.guards import no_destination, signed_in
from portal.platform.access.types import SignedInRequest
from portal.platform.paper import answers, typesetting

from . import addresses, document, dossier_view, looking, troubles

log = logging.getLogger("portal.dossiers")


@no_destination  # after signing in, people are led to a page and not to a download
@require_safe
@signed_in
async def pdf(request: SignedInRequest, handle: str) -> HttpResponseBase:
    """Give one dossier as a PDF, with its whole history."""
    back = addresses.of_dossier(handle)
    asker = answers.Asker(request.session.citizen_id, request.correlation_id, back, _("Terug naar dit dossier"))
    return await answers.answer(partial(render, request), asker, partial(_answer, request, handle), log)


async def _answer(request: SignedInRequest, handle: str) -> HttpResponseBase:
    outcome = await looking.look(request, fresh=looking.LIVE if request.GET.get("opnieuw") else None)
    overview = await looking.overview_of(request, outcome)
    card = dossier_view.card_at(overview.cards, handle)
    now = datetime.now(UTC)
    context = troubles.context_of(outcome, now, overview)
    if card is None:
        return dossier_view.without_card(request, context)
    identity = request.session.identity
    text = document.of_dossier(card, context, citizen_name=f"{identity.given_name} {identity.family_name}", now=now)
    return answers.download(await typesetting.typeset(text), "dossier")
