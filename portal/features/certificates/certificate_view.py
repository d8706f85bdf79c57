"""One certificate: its page, and the page that has it made and judged and hands it over."""

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
    offers = (await looking.find_offers(request, [key])).offers
    if not offers:
        return _not_here(request)
    offer, agency = offers[0].offer, offers[0].agency
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
@repeatable  # The same form again fetches the certificate again: nothing is kept.
@streams
async def hand_over(request: SignedInRequest, key: str) -> HttpResponseBase:
    """Ask for the certificate and hand it over (POST); redirect to its page otherwise."""
    if request.method != "POST":
        return SeeOther(reverse("certificates:certificate", kwargs={"key": key}))
    offers = (await looking.find_offers(request, [key])).offers
    if not offers:
        return _not_here(request)
    languages = offers[0].offer.languages
    language = request.POST.get("taal", "")
    return streaming.answer(_stream(request, offers[0], language if language in languages else languages[0]))


async def _stream(request: SignedInRequest, offered: OfferOfBody, language: str) -> AsyncIterator[bytes]:
    """Send the head at once, then the frame, and the document, or why there is none, when the body has answered."""
    offer = offered.offer
    own_page = reverse("certificates:certificate", kwargs={"key": offer.key})
    context: dict[str, Any] = {
        "title": offer.title,
        "crumbs": framing.crumbs((offer.title, own_page), (ASKED, "")),
        "offer": offer,
        "agency": offered.agency,
        "language": language,
        "language_words": wording.LANGUAGES,
        "own_page": own_page,
        "session": request.session,
        "request": request,
    }
    async for piece in streaming.opening(request, "certificates/handed_open.html", context, framing.SHEETS):
        yield piece
    result = await obtaining.obtain(request, offer, language)
    context["at"] = result.at
    if result.document is None or result.judgement is None:
        context |= await framing.trouble(request, offered, result)
        yield get_template("certificates/handed_not.html").render(context).encode()
        return
    name = naming.file_name(offer, language, result.at)
    yield (
        get_template("certificates/handed.html")
        .render({**context, **handing.verdict_in_words(result.judgement)})
        .encode()
    )
    carrier = PageCarrier(request.session)
    for part in carrier.piece(result.document.content):
        yield part.encode()
    sealed = carrier.seal(name, result.document.media_type)
    context |= {"name": name, "seal": sealed, "size": carrier.size, "send": handing.mail_link(offer.title)}
    yield get_template("certificates/handed_end.html").render(context).encode()


def _not_here(request: SignedInRequest) -> HttpResponseBase:
    context = {"title": framing.TITLE, "crumbs": framing.crumbs((ASKED, "")), "session": request.session}
    return render(request, "certificates/not_here.html", context, status=404)
