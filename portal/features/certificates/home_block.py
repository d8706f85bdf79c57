"""What certificates bring to the home page: a way to those that people ask for most. Nobody is asked anything."""

from collections.abc import AsyncGenerator, Sequence

from django.urls import reverse
from django.utils.translation import gettext_noop as _

from portal.platform.access.types import SignedInRequest
from portal.platform.feature.home import Block, BlockFinding, Card, Piece

from . import framing, naming, offering, section
from .types import Offer

NAME = "attesten"
MOST = 2  # that the card names
OFTEN = "vaak"  # the one slot of the card


def cards() -> Sequence[Card]:
    """Give the card, where some body makes certificates at any time."""
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
    """Name those that are asked for most."""
    if often := _often():
        lines = [(_short(one), reverse("certificates:certificate", kwargs={"key": one.key})) for one in often]
        yield Piece(NAME, OFTEN, {"lines": lines, "overview": framing.overview()})
        yield Piece(NAME, "", {"lines": ()})


def _short(offer: Offer) -> str:
    """Write a title without what the card says already; it stays known as Dutch where it is."""
    return type(offer.title)(naming.short(offer.title))


def _often() -> Sequence[Offer]:
    """Give those that stand first in a manifest: models stand there in the order in which people ask for them."""
    return [offer for agency in section.makers() for offer in offering.made_by(agency).found][:MOST]


BLOCK = Block(
    name=NAME,
    order=20,
    find=find,
    unasked=_("uw attesten"),
    template="certificates/home.html",
    cards=cards,
)
