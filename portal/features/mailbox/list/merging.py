"""One list of what several providers gave: newest first, and from where the next page goes on. No I/O.

Messages stand in the order of when they were received, the newest first; of the same moment by provider, then by id.
That order is total, so a page that goes on after a place neither repeats nor leaves out anything.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from portal.platform.kit.unprinted import Unprinted

from ..types import EboxMessage, MessagePage

# Where a message stands in the list: when it was received (UTC), provider, id. It need not be there any more.
type PlaceInList = tuple[datetime, str, str]
type _Key = tuple[timedelta, str, str]

_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


class MergedList(Unprinted, frozen=True):
    """A page of the list. next: the place after which the next page goes on, None where nothing comes any more."""

    messages: tuple[EboxMessage, ...]
    next: PlaceInList | None = None


def place_of(message: EboxMessage) -> PlaceInList:
    """Say where a message stands."""
    return message.received_at, message.provider, message.id


def merge(pages: Mapping[str, MessagePage], *, past: PlaceInList | None, wanted: int, now: datetime) -> MergedList:
    """Join what each provider gave, by its id, into one page of at most so many messages.

    Left out is what expired by now, what does not come after `past`, and what a provider names twice. The page ends
    early where one has more that it did not give yet: what others have beyond that may not be next.
    """
    begin = order_of(past) if past else None
    ends = [end for id_, page in pages.items() if (end := _end_of(id_, page)) is not None]
    # An end before the beginning of the page is of a provider that ignores what it was asked: nobody waits for it.
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
    """Give the messages of a provider, each id once, as it stands first in the list."""
    seen = set[str]()
    for message in sorted(messages, key=lambda one: order_of(place_of(one))):
        if message.provider == provider and message.id not in seen:
            seen.add(message.id)
            yield message


def _end_of(provider: str, page: MessagePage) -> PlaceInList | None:
    """Say until where a provider gave all that it has; None where it gave all, or where nobody knows."""
    if not page.has_more:
        return None
    if page.reached is not None:
        moment, id_ = page.reached
        return moment, provider, id_
    if page.is_cut:
        # It may lack any: that is said on the page, and it does not make the pages of the others shorter.
        return None
    return max((place_of(one) for one in page.found if one.provider == provider), key=order_of, default=None)


def order_of(place: PlaceInList) -> _Key:
    """Give what places are sorted by: the one that comes first is the least."""
    moment, provider, id_ = place
    return _BEGINNING - moment, provider, id_
