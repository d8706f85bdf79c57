"""Look at what somebody can ask for: everything, what they chose of it, or one."""

from collections.abc import AsyncGenerator, Collection
from contextlib import aclosing
from typing import NamedTuple

from portal.platform.access.types import SignedInRequest
from portal.platform.sources.catalogue import Agency
from portal.platform.sources.inquiry import of_oneself
from portal.platform.sources.reading.outcomes import Outcome, Partial, Ready

from . import offering
from .types import LIST, Offer, Offers


class OfferOfBody(NamedTuple):
    """An offer, and the body that it is of."""

    agency: Agency
    offer: Offer


def look(request: SignedInRequest, *, kept: bool) -> AsyncGenerator[tuple[Agency, Outcome[Offers]]]:
    """Ask every body what it offers whoever is signed in; kept: take what the session kept, where it did."""
    return offering.offers_of(of_oneself(request.session, request.occasion, LIST), kept=kept)


def offers_in(outcome: Outcome[Offers]) -> tuple[Offer, ...]:
    """Give the offers of an answer; none where there is no answer."""
    return outcome.value.found if isinstance(outcome, Ready | Partial) else ()


async def find_offers(request: SignedInRequest, keys: Collection[str]) -> list[OfferOfBody]:
    """Find the offers with these keys, in the order of the keys; no more bodies are asked than it takes."""
    wanted, found = set(keys), dict[str, OfferOfBody]()
    # The keys come from a page that asked all bodies: whoever presses a button on it does not wait for them again.
    if wanted:
        async with aclosing(look(request, kept=True)) as answers:
            async for agency, outcome in answers:
                found |= {one.key: OfferOfBody(agency, one) for one in offers_in(outcome) if one.key in wanted}
                if len(found) == len(wanted):
                    break
    return [found[key] for key in dict.fromkeys(keys) if key in found]
