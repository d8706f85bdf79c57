"""The overview of certificates and permits, and the same with boxes to choose several: pages that stream.

Certificates that are made on demand are there at once; those that a body holds come when it has answered.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponseBase
from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from portal.platform.access.guards import SeeOther, signed_in, streams
from portal.platform.access.types import SignedInRequest
from portal.platform.ipdc.themes import THEMES
from portal.platform.ui import streaming

from . import choosing, framing, looking, seeking, wording
from .answers import SourceAnswers
from .choosing import CertificateChoice
from .looking import OfferOfBody
from .seeking import SoughtCertificates
from .types import CertificateKind

CHOOSE = _("Verschillende attesten tegelijk")


@require_safe
@signed_in
@streams
async def overview(request: SignedInRequest) -> HttpResponseBase:
    """Show what a citizen can ask for, in two lists, or those of it that they search for."""
    sought = seeking.sought_in(request.GET)
    if seeking.has_number(request.GET):
        # Addresses stay in the history of browsers: redirect to one without the number.
        query = {"zoek": sought.text, "soort": sought.kind, "thema": sought.theme}
        return SeeOther(f"{framing.overview()}?{urlencode(query)}")
    return streaming.answer(stream(request, sought))


@require_safe
@signed_in
@streams
async def choose(request: SignedInRequest) -> HttpResponseBase:
    """Show what `overview` shows, with a box before each certificate."""
    mistake = next((mistake for mistake in choosing.MISTAKES if mistake in request.GET), "")
    return streaming.answer(
        stream(request, SoughtCertificates(), choice=choosing.of_address(request), mistake=mistake)
    )


async def stream(
    request: SignedInRequest,
    sought: SoughtCertificates,
    *,
    choice: CertificateChoice | None = None,
    mistake: str = "",
) -> AsyncIterator[bytes]:
    """Send the head at once, then the frame, the offers of each body when it has answered, and the closing line.

    choice: what was chosen so far, None on the overview. mistake: what is wrong with it (`choosing.MISTAKES`), or "".
    """
    title = framing.TITLE if choice is None else CHOOSE
    context: dict[str, Any] = {
        "title": title,
        "crumbs": () if choice is None else framing.crumbs((CHOOSE, "")),
        "kinds": {kind: words for kind, words in wording.KINDS.items() if sought.kind in ("", kind)},
        "every_kind": wording.KINDS,
        "themes": THEMES,
        "language_words": wording.LANGUAGES,
        "sought": sought,
        "choice": choice,
        "mistake": mistake,
        "most": choosing.MOST,
    }
    async for piece in streaming.opening(request, "certificates/open.html", context, framing.SHEETS):
        yield piece
    answers, counts = SourceAnswers(), dict.fromkeys(CertificateKind, 0)
    # A search or a choice is about lists that were shown just now: bodies are not asked again.
    is_same_look = (any(sought) or choice is not None) and "opnieuw" not in request.GET
    async with aclosing(looking.look(request, kept=is_same_look)) as looked:
        async for agency, outcome in looked:
            answers.add(agency, outcome)
            for portion in seeking.portions(looking.offers_in(outcome), agency.words.name, sought):
                for kind in context["kinds"]:
                    lines = [OfferOfBody(agency, offer) for offer in portion if offer.kind == kind]
                    counts[kind] += len(lines)
                    if lines:
                        values = {**context, "kind": kind, "lines": lines}
                        yield get_template("certificates/lines.html").render(values).encode()
                await asyncio.sleep(0)
    closing = {**context, "counts": counts, "found": sum(counts.values()), "answers": answers}
    closing |= {"session": request.session, "again": _again(request, sought, choice)}
    yield get_template("certificates/close.html").render(closing).encode()


def _again(request: SignedInRequest, sought: SoughtCertificates, choice: CertificateChoice | None) -> str:
    """Write the address of the same page and search on which every body is asked again."""
    if choice is None:
        address, kept = framing.overview(), {"zoek": sought.text, "soort": sought.kind, "thema": sought.theme}
    else:
        address = reverse("certificates:choose")
        kept = {"keuze": choosing.seal(request, choice._replace(keys=choice.keys[: choosing.MOST]))}
    return f"{address}?{urlencode({name: value for name, value in kept.items() if value} | {'opnieuw': 1})}"
