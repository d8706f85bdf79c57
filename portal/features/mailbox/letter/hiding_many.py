"""Hide messages, or show them again: one request to each provider for its messages, all at the same time."""

import asyncio
from collections.abc import Sequence
from itertools import batched, groupby
from operator import attrgetter

import msgspec

from portal.platform.access.types import SignedInRequest
from portal.platform.kit.unprinted import Unprinted
from portal.platform.sources import changing
from portal.platform.sources.inquiry import of_oneself
from portal.platform.sources.reading.outcomes import Down, Outcome, Ready

from ..registry import hiding, inquiries, looking
from ..registry.locating import MessagePlace
from ..types import CHANGE, EboxProvider

# A provider changes all messages of a request or none: this says that it does not have one of them.
UNKNOWN = "HTTP 404"
AT_ONCE = 5  # requests for one message each, to one provider at the same time


class HidingAt(Unprinted, frozen=True):
    """The result at a provider (its id). done, failed: numbers of messages; is_lacking: it does not have the call."""

    provider: str
    done: int
    failed: int
    is_lacking: bool = False


class ManyHidden(Unprinted, frozen=True):
    """The results, one for each provider, of hiding several messages or of showing them again (is_shown)."""

    is_shown: bool = False
    results: tuple[HidingAt, ...] = ()


async def hide(request: SignedInRequest, places: Sequence[MessagePlace], *, is_shown: bool) -> ManyHidden:
    """Hide messages, or show them again (is_shown); return the result at each provider, sorted by its id."""
    by_provider = attrgetter("provider")
    groups = [
        (provider_id, [one.id for one in of_one])
        for provider_id, of_one in groupby(sorted(places, key=by_provider), by_provider)
    ]
    outcomes = await asyncio.gather(*(_at(request, *group, is_shown=is_shown) for group in groups))
    return ManyHidden(is_shown, tuple(outcomes))


async def _at(request: SignedInRequest, provider_id: str, ids: Sequence[str], *, is_shown: bool) -> HidingAt:
    provider = await looking.provider(request, provider_id)
    if not isinstance(provider, EboxProvider):
        return HidingAt(provider_id, 0, len(ids))
    outcome = await _change(request, provider, ids, is_shown=is_shown)
    if isinstance(outcome, Down) and outcome.detail == UNKNOWN and len(ids) > 1:
        # One message is gone, which made the request fail for all: each is tried by itself.
        done = await _each(request, provider, ids, is_shown=is_shown)
        return HidingAt(provider_id, done, len(ids) - done)
    if isinstance(outcome, Ready):
        return HidingAt(provider_id, len(ids), 0)
    return HidingAt(provider_id, 0, len(ids), is_lacking=hiding.is_unknown_call(outcome))


async def _each(request: SignedInRequest, provider: EboxProvider, ids: Sequence[str], *, is_shown: bool) -> int:
    """Change messages one by one; return how many changed.

    It stops where the provider fails otherwise than by UNKNOWN.
    """
    done = 0
    for part in batched(ids, AT_ONCE, strict=False):
        outcomes = await asyncio.gather(*(_change(request, provider, [one], is_shown=is_shown) for one in part))
        done += sum(isinstance(one, Ready) for one in outcomes)
        if not all(isinstance(one, Ready) or (isinstance(one, Down) and one.detail == UNKNOWN) for one in outcomes):
            break
    return done


async def _change(
    request: SignedInRequest, provider: EboxProvider, ids: Sequence[str], *, is_shown: bool
) -> Outcome[None]:
    """Ask one provider to hide messages, or show them; where it does not have the call, `hiding` remembers that."""
    patch = msgspec.json.encode({"items": [{"messageId": one, "visible": is_shown} for one in ids]})
    consultation = of_oneself(request.session, request.occasion, CHANGE)
    outcome = await changing.change(consultation, inquiries.visibility(provider), patch)
    if hiding.is_unknown_call(outcome):
        hiding.learn_lack(provider.id, request.occasion.now)
    return outcome
