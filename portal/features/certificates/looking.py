"""Read what a signed-in citizen can ask for: all offers, or those with certain keys."""

from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing
from typing import NamedTuple

from portal.platform.access.types import SignedInRequest
from portal.platform.sources.catalogue import Agency
from portal.platform.sources.inquiry import of_oneself
from portal.platform.sources.reading.outcomes import Outcome, Partial, Ready

from . import offering
from .answers import SourceAnswers, SourceGap
from .types import LIST, Offer, Offers


class OfferOfBody(NamedTuple):
    """An offer, and the body that makes or holds the certificate."""

    agency: Agency
    offer: Offer


def look(request: SignedInRequest, *, kept: bool) -> AsyncGenerator[tuple[Agency, Outcome[Offers]]]:
    """Ask every body what it offers the citizen. kept: take lists that the session kept, where it did."""
    return offering.offers_of(of_oneself(request.session, request.occasion, LIST), kept=kept)


def offers_in(outcome: Outcome[Offers]) -> tuple[Offer, ...]:
    """Give the offers of an answer; none where there is no answer."""
    return outcome.value.found if isinstance(outcome, Ready | Partial) else ()


class FoundOffers(NamedTuple):
    """What was found of a choice. offers: in the order of their keys; gone: how many nobody offers any more.

    unasked: the keys that belong to bodies which did not answer, or not whole; gaps: what is missing of these.
    """

    offers: Sequence[OfferOfBody] = ()
    gone: int = 0
    unasked: Sequence[str] = ()
    gaps: Sequence[SourceGap] = ()


async def find_offers(request: SignedInRequest, keys: Collection[str]) -> FoundOffers:
    """Find the offers with these keys; stop asking bodies once all are found."""
    wanted, by_key, heard = set(keys), dict[str, OfferOfBody](), SourceAnswers()
    # The keys come from a page that asked all bodies just now, so lists that the session kept are good enough.
    if wanted:
        async with aclosing(look(request, kept=True)) as answers:
            async for agency, outcome in answers:
                heard.add(agency, outcome)
                of_body = [offer for offer in offers_in(outcome) if offer.key in wanted]
                by_key |= {offer.key: OfferOfBody(agency, offer) for offer in of_body}
                if len(by_key) == len(wanted):
                    break
    lost = [key for key in dict.fromkeys(keys) if key not in by_key]
    sources = {offering.source_of(key) for key in lost}
    gaps = [gap for gap in heard.gaps if gap.agency.id in sources]
    silent = {gap.agency.id for gap in gaps}
    unasked = [key for key in lost if offering.source_of(key) in silent]
    offers = [by_key[key] for key in dict.fromkeys(keys) if key in by_key]
    return FoundOffers(offers, len(lost) - len(unasked), unasked, gaps)
