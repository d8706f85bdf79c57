"""What every page of certificates has at hand: where it stands, and how trouble with a body is said."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_noop as _

from portal.platform.access.types import SignedInRequest
from portal.platform.municipalities import wording as of_desks
from portal.platform.sources.inquiry import of_oneself

from . import fetching, wording
from .looking import OfferOfBody
from .obtaining import Obtained
from .types import FETCH

TITLE = _("Attesten en vergunningen")
SHEETS = ("certificates/certificates.css",)


def overview() -> str:
    """Say where all certificates stand."""
    return reverse("certificates:overview")


def crumbs(*more: tuple[str, str]) -> Sequence[Mapping[str, str]]:
    """List the way from the overview to a page; the last has no address."""
    return [{"title": TITLE, "href": overview()}, *({"title": title, "href": href} for title, href in more)]


async def trouble(request: SignedInRequest, one: OfferOfBody, came: Obtained) -> dict[str, Any]:
    """Say why there is no document, and where that leads: again, to a desk, or to people."""
    desk = ""
    if came.why in wording.DESK:
        desk = of_desks.render_desk(await fetching.desk_of(of_oneself(request.session, request.occasion, FETCH)))
    return {
        "why": came.why,
        "reason": wording.reason(came.why, one.agency.words.mention),
        "judgement": came.judgement,
        "because": wording.why_so(came.judgement) if came.judgement else "",
        "desk": desk,
        "is_passing": came.why in wording.PASSING,
    }
