"""What the pages of certificates share: breadcrumbs, and the explanation why there is no document."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_noop as _

from portal.platform.access.types import SignedInRequest
from portal.platform.municipalities import wording as of_desks
from portal.platform.sources.inquiry import of_oneself

from . import fetching, wording
from .looking import OfferOfBody
from .obtaining import CertificateResult
from .types import FETCH

TITLE = _("Attesten en vergunningen")
SHEETS = ("certificates/certificates.css",)


def overview() -> str:
    """Give the address of the overview."""
    return reverse("certificates:overview")


def crumbs(*more: tuple[str, str]) -> Sequence[Mapping[str, str]]:
    """Give the breadcrumbs of a page below the overview, as (title, address); the last has no address."""
    return [{"title": TITLE, "href": overview()}, *({"title": title, "href": href} for title, href in more)]


async def trouble(request: SignedInRequest, offered: OfferOfBody, result: CertificateResult) -> dict[str, Any]:
    """Give the context that explains why there is no document: the reason, if it may pass, whose desk can help."""
    desk = ""
    if result.why in wording.DESK:
        desk = of_desks.render_desk(await fetching.desk_of(of_oneself(request.session, request.occasion, FETCH)))
    return {
        "why": result.why,
        "reason": wording.reason(result.why, offered.agency.words.mention),
        "judgement": result.judgement,
        "because": wording.why_so(result.judgement) if result.judgement else "",
        "desk": desk,
        "is_passing": result.why in wording.PASSING,
    }
