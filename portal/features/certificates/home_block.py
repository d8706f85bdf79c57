"""Certificates on the home page: a card with links to those that people ask for most. No body is asked."""

from collections.abc import AsyncGenerator, Sequence

from django.urls import reverse
from django.utils.translation import gettext_noop as _

from portal.platform.access.types import SignedInRequest
from portal.platform.feature.home import Block, BlockFinding, Card, Piece

from . import framing, naming, offering, section
from .types import Offer

NAME = "attesten"
MOST = 2  # certificates that the card names
OFTEN = "vaak"  # the one slot of the card


def cards() -> Sequence[Card]:
    """Give the card, if any body makes certificates."""
    if not _often():
        return []
    return [
        Card(
            name=NAME,
            title=_("Attesten"),
            slots=(OFTEN,),
            shown=1,
            icon="pdf",
        )
    ]


async def find(request: SignedInRequest) -> AsyncGenerator[BlockFinding]:
    """Give the lines of the card."""
    if often := _often():
        lines = [(_short(offer), reverse("certificates:certificate", kwargs={"key": offer.key})) for offer in often]
        yield Piece(NAME, OFTEN, {"lines": lines, "overview": framing.overview()})
        yield Piece(NAME, "", {"lines": ()})


def _short(offer: Offer) -> str:
    """Write a title without "Attest van", which the card says already; its type still tells whether it is Dutch."""
    return type(offer.title)(naming.short(offer.title))


def _often() -> Sequence[Offer]:
    """Give the first offers of manifests, which list models in the order in which people ask for them."""
    return [offer for agency in section.makers() for offer in offering.made_by(agency).found][:MOST]


BLOCK = Block(
    name=NAME,
    order=20,
    find=find,
    unasked=_("uw attesten"),
    template="certificates/home.html",
    cards=cards,
)
