"""The overview of certificates and permits, and the same with boxes to choose several: pages that stream.

What is made at any time is there at once; what a body keeps for somebody comes when it has answered.
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
from .types import Kind

CHOOSE = _("Verschillende attesten tegelijk")


@require_safe
@signed_in
@streams
async def overview(request: SignedInRequest) -> HttpResponseBase:
    """Show what somebody can ask for, in two lists, or what they look for in them."""
    sought = seeking.sought_in(request.GET)
    if seeking.has_number(request.GET):
        # Addresses stay in histories: the page is at one without the number.
        left = {"zoek": sought.text, "soort": sought.kind, "thema": sought.theme}
        return SeeOther(f"{framing.overview()}?{urlencode(left)}")
    return streaming.answer(stream(request, sought))


@require_safe
@signed_in
@streams
async def choose(request: SignedInRequest) -> HttpResponseBase:
    """Show the same with a box before each."""
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
    """Send the head at once, then the frame, what each body offers when it has answered, and the closing line last.

    choice: what was chosen so far, where several can be; mistake: what is wrong with it, "" for nothing.
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
    answers, counts = SourceAnswers(), dict.fromkeys(Kind, 0)
    # Who seeks or chooses looks through what they saw a moment ago.
    is_same_look = (any(sought) or choice is not None) and "opnieuw" not in request.GET
    async with aclosing(looking.look(request, kept=is_same_look)) as looked:
        async for agency, outcome in looked:
            answers.take(agency, outcome)
            for found in seeking.portions(looking.offers_in(outcome), agency.words.name, sought):
                for kind in context["kinds"]:
                    lines = [OfferOfBody(agency, one) for one in found if one.kind == kind]
                    counts[kind] += len(lines)
                    if lines:
                        said = {**context, "kind": kind, "lines": lines}
                        yield get_template("certificates/lines.html").render(said).encode()
                await asyncio.sleep(0)
    closing = {**context, "counts": counts, "found": sum(counts.values()), "answers": answers}
    closing |= {"session": request.session, "again": _again(request, sought, choice)}
    yield get_template("certificates/close.html").render(closing).encode()


def _again(request: SignedInRequest, sought: SoughtCertificates, choice: CertificateChoice | None) -> str:
    """Write the address of the same page on which every body is asked again: it loses nothing of what was sought."""
    if choice is None:
        address, kept = framing.overview(), {"zoek": sought.text, "soort": sought.kind, "thema": sought.theme}
    else:
        address = reverse("certificates:choose")
        kept = {"keuze": choosing.seal(request, choice._replace(keys=choice.keys[: choosing.MOST]))}
    return f"{address}?{urlencode({name: value for name, value in kept.items() if value} | {'opnieuw': 1})}"
