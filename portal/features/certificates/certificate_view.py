"""One certificate: its page, and the page that hands it over once its body made it and its seal was looked at."""

from collections.abc import AsyncIterator
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.platform.access.guards import SeeOther, repeatable, signed_in, streams
from portal.platform.access.types import SignedInRequest
from portal.platform.ui import streaming

from . import framing, handing, looking, naming, obtaining, wording
from .carrying import PageCarrier
from .looking import OfferOfBody

ASKED = _("Uw attest")


@require_safe
@signed_in
async def certificate(request: SignedInRequest, key: str) -> HttpResponseBase:
    """Show what one certificate is, and the languages in which it can be asked for."""
    found = await looking.find_offers(request, [key])
    if not found:
        return _not_here(request)
    offer, agency = found[0].offer, found[0].agency
    context = {
        "title": offer.title,
        "crumbs": framing.crumbs((offer.title, "")),
        "offer": offer,
        "agency": agency,
        "language_words": wording.LANGUAGES,
        "session": request.session,
        "paper": key.rpartition(".")[2],
    }
    return render(request, "certificates/certificate.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@repeatable  # asked twice is given twice: nothing is kept that a second answer could be made of
@streams
async def hand_over(request: SignedInRequest, key: str) -> HttpResponseBase:
    """Ask for the certificate and hand it over; whoever comes here otherwise is led to its page."""
    if request.method != "POST":
        return SeeOther(reverse("certificates:certificate", kwargs={"key": key}))
    found = await looking.find_offers(request, [key])
    if not found:
        return _not_here(request)
    languages = found[0].offer.languages
    language = request.POST.get("taal", "")
    return streaming.answer(_stream(request, found[0], language if language in languages else languages[0]))


async def _stream(request: SignedInRequest, one: OfferOfBody, language: str) -> AsyncIterator[bytes]:
    """Send the head at once, then the frame, and what came of asking when it is known."""
    offer = one.offer
    own_page = reverse("certificates:certificate", kwargs={"key": offer.key})
    context: dict[str, Any] = {
        "title": offer.title,
        "crumbs": framing.crumbs((offer.title, own_page), (ASKED, "")),
        "offer": offer,
        "agency": one.agency,
        "language": language,
        "language_words": wording.LANGUAGES,
        "own_page": own_page,
        "session": request.session,
        "request": request,
    }
    async for piece in streaming.opening(request, "certificates/handed_open.html", context, framing.SHEETS):
        yield piece
    came = await obtaining.obtain(request, offer, language)
    context["at"] = came.at
    if came.document is None or came.judgement is None:
        context |= await framing.trouble(request, one, came)
        yield get_template("certificates/handed_not.html").render(context).encode()
        return
    name = naming.file_name(offer, language, came.at)
    yield (
        get_template("certificates/handed.html")
        .render({**context, **handing.verdict_in_words(came.judgement)})
        .encode()
    )
    carrier = PageCarrier(request.session)
    for part in carrier.piece(came.document.content):
        yield part.encode()
    sealed = carrier.seal(name, came.document.media_type)
    context |= {"name": name, "seal": sealed, "size": carrier.size, "send": handing.message(offer.title)}
    yield get_template("certificates/handed_end.html").render(context).encode()


def _not_here(request: SignedInRequest) -> HttpResponseBase:
    context = {"title": framing.TITLE, "crumbs": framing.crumbs((ASKED, "")), "session": request.session}
    return render(request, "certificates/not_here.html", context, status=404)
