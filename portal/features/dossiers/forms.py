"""Read a page of a body's own list of forms (HAL), item by item: an item that cannot be used is left out, and
counted.

Of an item only the address of its form is used, and only at the origin that the body's manifest names.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec

from portal.platform.sources.reading import json_text
from portal.platform.ui import ways
from portal.platform.ui.ways import OutsideLink

LARGEST = 512 * 1024  # bytes of a page that is read
SIZE = 100  # forms that are asked for in one page
MOST_PAGES = 10  # of one list that are read

# Why an item is left out: what operators read.
NO_FORM, NO_PRODUCT, ELSEWHERE, TWICE = "item unreadable", "no product", "address elsewhere", "product twice"


class _FormAddress(msgspec.Struct):
    href: str


class _FormLinks(msgspec.Struct):
    fallback: _FormAddress


class _FormItem(msgspec.Struct, rename="camel"):
    product_id: str | int
    links: _FormLinks = msgspec.field(name="_links")


class _FormItems(msgspec.Struct):
    items: list[msgspec.Raw] = []


class _FormCounts(msgspec.Struct, rename="camel"):
    offset: Annotated[int, msgspec.Meta(ge=0)]
    total_items: Annotated[int, msgspec.Meta(ge=0)]


class _FormsPage(msgspec.Struct):
    counts: _FormCounts = msgspec.field(name="_pageMetadata")
    embedded: _FormItems = msgspec.field(name="_embedded", default_factory=_FormItems)


_page = msgspec.json.Decoder(_FormsPage)
_item = msgspec.json.Decoder(_FormItem)


@dataclass(slots=True)
class FormListContent:
    """What the pages of one list brought so far.

    forms: by product. left_out: how many items, by reason. seen: how many items came. is_cut: there are more pages
    than are read.
    """

    origin: str
    forms: dict[str, OutsideLink] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    seen: int = 0
    is_cut: bool = False

    def add_page(self, data: bytes, offset: int) -> bool | None:
        """Add a page; tell whether another follows, or give None for a page that cannot be used.

        offset: where the page was asked to begin. A page that begins elsewhere, or is empty before the end, cannot be
        used: whoever followed it would never reach the end.
        """
        if len(data) > LARGEST:
            return None
        try:
            page = _page.decode(data)
        except json_text.FAILURES:
            return None
        items = page.embedded.items
        more = page.counts.total_items > offset + len(items)
        if page.counts.offset != offset or len(items) > SIZE or (more and not items):
            return None
        for item in items:
            self._add_item(bytes(item))
        self.seen += len(items)
        return more

    def _add_item(self, data: bytes) -> None:
        try:
            item: Any = _item.decode(data)
        except json_text.FAILURES:
            self.left_out[NO_FORM] += 1
            return
        product = str(item.product_id)
        if not (product.isascii() and product.isdecimal() and len(product) <= 10):
            self.left_out[NO_PRODUCT] += 1
            return
        written = item.links.fallback.href
        link = ways.link_of(written)
        if link is None or not f"{written}/".startswith((f"{self.origin}/", f"{self.origin}?")):
            self.left_out[ELSEWHERE] += 1
        elif product in self.forms:
            self.left_out[TWICE] += 1
        else:
            self.forms[product] = link


def unknown_of(forms: Mapping[str, OutsideLink], products: frozenset[str]) -> int:
    """Count the forms of which no service of the body has the product."""
    return sum(product not in products for product in forms)
