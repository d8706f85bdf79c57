"""Merge the messages that several providers gave into one list, page by page. No I/O.

The newest message comes first; messages of the same moment are sorted by provider, then by id. This order is total,
so a page that goes on after a place neither repeats a message nor leaves one out.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from portal.platform.kit.unprinted import Unprinted

from ..types import EboxMessage, MessagePage

# A message's place in the list: when it was received (UTC), its provider, its id. The message itself may be gone.
type PlaceInList = tuple[datetime, str, str]
type _Key = tuple[timedelta, str, str]

_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


class MergedList(Unprinted, frozen=True):
    """A page of the list. next: the place after which the next page goes on, None where nothing comes any more."""

    messages: tuple[EboxMessage, ...]
    next: PlaceInList | None = None


def place_of(message: EboxMessage) -> PlaceInList:
    """Give the place of a message in the list."""
    return message.received_at, message.provider, message.id


def merge(pages: Mapping[str, MessagePage], *, past: PlaceInList | None, wanted: int, now: datetime) -> MergedList:
    """Merge one page of each provider, by the provider's id, into one page of at most `wanted` messages.

    It leaves out what has expired, what does not come after `past`, and what a provider gives a second time. The page
    ends early where a provider has more that it did not give yet: messages of others beyond that may not be next.
    """
    begin = order_of(past) if past else None
    ends = [end for id_, page in pages.items() if (end := _end_of(id_, page)) is not None]
    # A provider that ends before this page begins ignored the question; the others do not wait for it.
    horizon = min((end for end in ends if begin is None or order_of(end) > begin), key=order_of, default=None)
    found = sorted(
        (
            message
            for id_, page in pages.items()
            for message in _own(id_, page.found)
            if not message.is_expired(now) and (begin is None or order_of(place_of(message)) > begin)
        ),
        key=lambda message: order_of(place_of(message)),
    )
    within = [one for one in found if horizon is None or order_of(place_of(one)) <= order_of(horizon)]
    if len(within) > wanted:
        return MergedList(tuple(within[:wanted]), place_of(within[wanted - 1]))
    return MergedList(tuple(within), horizon)


def _own(provider: str, messages: Iterable[EboxMessage]) -> Iterator[EboxMessage]:
    """Give the messages of a provider in the order of the list; of those with the same id, the first."""
    seen = set[str]()
    for message in sorted(messages, key=lambda one: order_of(place_of(one))):
        if message.provider == provider and message.id not in seen:
            seen.add(message.id)
            yield message


def _end_of(provider: str, page: MessagePage) -> PlaceInList | None:
    """Give the place up to which a provider gave all its messages; None where it gave all, or did not say."""
    if not page.has_more:
        return None
    if page.reached is not None:
        moment, id_ = page.reached
        return moment, provider, id_
    if page.is_cut:
        # Any message may be missing: the page says so, and it does not end early for the other providers.
        return None
    return max((place_of(one) for one in page.found if one.provider == provider), key=order_of, default=None)


def order_of(place: PlaceInList) -> _Key:
    """Give the key by which places are sorted: the first place of the list has the least."""
    moment, provider, id_ = place
    return _BEGINNING - moment, provider, id_
