"""The page of organisations that send letters to the eBox, from the providers' reference data.

Citizens without a link see it too, to decide whether they want one.
"""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from portal.platform.access.guards import signed_in
from portal.platform.access.types import SignedInRequest
from portal.platform.sources import beside

from .. import framing
from ..registry import providers, reference, wording
from . import senders

TITLE = _("Wie stuurt naar de eBox?")
WAIT_SECONDS = 1.0  # for reference data that this process has not read yet; without, the page says that some lack
BYTES_OF_ONE = 300  # of a sender, roughly: `beside.read` searches many of them outside the event loop


@require_safe
@signed_in
async def overview(request: SignedInRequest) -> HttpResponseBase:
    """List the senders by name, or those that fit a search, a page at a time. No question names the citizen."""
    now = request.occasion.now
    known = await providers.active_providers(now)
    asked = [one for one in known.active if providers.bar_of(one, now) is None]
    for provider in asked:
        reference.begin_reading(provider)
    await reference.wait(asked, WAIT_SECONDS)
    every = reference.senders()
    words = senders.words_in(request.GET.get("zoek", ""))
    found = await beside.read(len(every) * BYTES_OF_ONE, partial(senders.find, every, words))
    page = senders.page_of(found, request.GET.get("pagina", ""))
    lacking = [wording.name_of_provider(one) for one in known.active if not reference.is_whole(one)]
    context = {
        "title": TITLE,
        "crumbs": framing.crumbs((TITLE, "")),
        "has_errors": False,
        "words": words,
        "page": page,
        "before": _address(words, page.number - 1),
        "after": _address(words, page.number + 1),
        "here": _address(words, page.number),
        "total": len(every),
        "lacking": lacking,
        "is_cut": known.trouble is not None,
        "text_of": wording.text_of,
    }
    return render(request, "mailbox/senders.html", context)


def _address(words: str, number: int) -> str:
    kept: dict[str, Any] = {"zoek": words, "pagina": number if number > 1 else ""}
    query = urlencode({name: value for name, value in kept.items() if value})
    return reverse("mailbox:senders") + (f"?{query}" if query else "")
