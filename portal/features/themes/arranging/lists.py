"""Lists of items: what identifies an item, when it was, and which items of a long list a page shows. No I/O.

A filter only hides items. The page names the missing parts of an answer with or without a filter, and a list without
hits still says how many items there are.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal.platform.kit import incomplete_date, typed_text
from portal.platform.kit.folding import fold, have_words
from portal.platform.kit.incomplete_date import IncompleteDate
from portal.platform.sources.manifest import Dataset, Items
from portal.platform.sources.reading import paths
from portal.platform.sources.reading.facts import Fact, first_by_key
from portal.platform.ui.values import readable

from ..types import ListFilter, Order
from .types import Item, Listing

LONG = 8  # items that a list may have before it can be filtered
LONGEST_TEXT = 100  # characters of a filter that are read

ORDERS: Mapping[Order, str] = {
    Order.SOURCE: gettext_noop("Zoals de bron ze geeft"),
    Order.NEWEST: gettext_noop("Nieuwste eerst"),
    Order.OLDEST: gettext_noop("Oudste eerst"),
    Order.TITLE: gettext_noop("Op naam, van A tot Z"),
}

BY_TIME = frozenset((Order.NEWEST, Order.OLDEST))

_SCHOOL_YEAR = re.compile(r"([0-9]{4})(?:-[0-9]{4})?")
_encode = msgspec.msgpack.Encoder().encode


def choice_of(posted: Mapping[str, str]) -> ListFilter:
    """Read the filter form of a list; a value that makes no sense counts as absent."""
    order = posted.get("volgorde", "")
    return ListFilter(
        dataset=posted.get("lijst", "")[:LONGEST_TEXT],
        text=typed_text.beginning(posted.get("zoek", ""), most=LONGEST_TEXT),
        order=Order(order) if order in set(Order) else Order.SOURCE,
    )


def query_prefix(choice: ListFilter, sealed: str) -> str:
    """Write the part of a query that every link of the page repeats to keep its filter; "" without a filter.

    sealed: the filter as the address of the page has it.
    """
    return f"lijst={sealed}&" if choice.dataset else ""


def pick(all_items: Sequence[Item], items: Items, choice: ListFilter | None) -> tuple[Sequence[Item], Listing | None]:
    """Filter and sort the items of a list; a list of at most LONG items is shown as it is, without a Listing.

    choice: None when the filter is about another list.
    """
    if len(all_items) <= LONG:
        return all_items, None
    is_dated = any(day_of(item.facts, items) for item in all_items)
    orders = {order: str(_(words)) for order, words in ORDERS.items() if is_dated or order not in BY_TIME}
    choice = choice or ListFilter()
    picked = sort(search(all_items, choice.text), items, choice.order)
    return picked, Listing(len(all_items), len(picked), choice, orders)


def search(all_items: Sequence[Item], text: str) -> list[Item]:
    """Keep the items in which every word occurs; case and accents do not count."""
    words = fold(text).split()
    return [item for item in all_items if not words or _has(item, words)]


def sort(all_items: Sequence[Item], items: Items, order: Order) -> Sequence[Item]:
    """Sort items; items without a date come last, and equal items keep their order."""
    if order is Order.SOURCE:
        return all_items
    if order is Order.TITLE:
        return sorted(all_items, key=lambda item: fold(item.title))
    days = [(day_of(item.facts, items), item) for item in all_items]
    dated = [(day, item) for day, item in days if day]
    dated.sort(key=lambda pair: pair[0], reverse=order is Order.NEWEST)
    return [item for _day, item in dated] + [item for day, item in days if day is None]


def day_of(facts: Sequence[Fact], items: Items) -> IncompleteDate | None:
    """Find the date of an item by the keys of its manifest (`when`); a school year counts from its first year."""
    first = first_by_key(facts)
    for key in items.when:
        if key not in first:
            continue
        value = first[key].value
        day = incomplete_date.read(value)
        if day is None and (year := _SCHOOL_YEAR.fullmatch(value)):
            day = IncompleteDate(int(year[1]), 0, 0)
        if day and day.year:
            return day
    return None


def identities_of(all_items: Sequence[Item], dataset: Dataset) -> list[bytes]:
    """Identify each item by its content and not by its place, so that a new answer in another order gives the same.

    Facts that a lookup added do not count: they may be missing the next time. Items with the same content are told
    apart by their order.
    """
    before: Counter[bytes] = Counter()
    identities: list[bytes] = []
    for item in all_items:
        content = _content(item.facts, dataset)
        identities.append(_encode((dataset.id, content, before[content])))
        before[content] += 1
    return identities


def _content(facts: Sequence[Fact], dataset: Dataset) -> bytes:
    looked_up = [fact.path for fact in facts if dataset.lookup and fact.key == dataset.lookup.of]
    own = [
        (fact.key, fact.value) for fact in facts if not any(paths.is_inside(fact.path, place) for place in looked_up)
    ]
    return _encode(own)


def _has(item: Item, words: Sequence[str]) -> bool:
    # The values as people read them: dates in words, national numbers masked.
    return have_words([item.title, *(readable(fact.value, fact.kind) for fact in item.facts)], words)
