"""Read a page of a source's list of certificates (the partner API for certificates), in both shapes.

Flat: `certificates`, `pageMetadata`, `links` as a list. HAL: `_embedded.certificates`, `page`, `_links` by their rel.
No address of a page is used as it stands: only the part below the source's own address about the same person is kept.
Nothing is raised, whatever the bytes.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from portal.platform.kit import typed_text
from portal.platform.kit.unprinted import Unprinted

from ..reading import json_text

LANGUAGES = frozenset(("nl", "fr", "de", "en"))
MOST_ON_PAGE = 500  # certificates that are looked at
MOST_LINKS = 40  # of one certificate, or of the page, in each shape
MOST_NAME = 300  # characters
MOST_ID = 200
MOST_HREF = 2000
YEARS = range(1830, 2200)

_decode = msgspec.json.Decoder().decode
# What may stand below a source's own address: segments without anything that could lead out of it.
_BELOW = re.compile(r"[A-Za-z0-9._~!$'()*+,;=:@%-]+(/[A-Za-z0-9._~!$'()*+,;=:@%-]+){0,7}")
_HIDDEN = re.compile(r"%(2e|2f|5c|00|0a|0d|25)", re.IGNORECASE)
_PERSON = re.compile(r"/([0-9]{11})(?=[/?]|$)")
_NIS = re.compile(r"[1-9][0-9]{4}")


class ListItem(Unprinted, frozen=True, array_like=True):
    """One certificate in one language. Never printed. below: its path below the address about the person."""

    id: str
    language: str
    name: str
    below: str
    year: int | None = None
    municipality: str | None = None


class ListPage(NamedTuple):
    """What a page holds. Never printed.

    left_out: the places of certificates that could not be used, in words of ours. on_page: how many certificates
    stand on it, usable or not. elements, pages: the totals of the list, None where the source does not give them.
    follows: the page names a next one. is_about_another: an address on it is about another person.
    """

    items: tuple[ListItem, ...]
    left_out: tuple[str, ...]
    on_page: int
    elements: int | None
    pages: int | None
    follows: bool
    is_about_another: bool

    def __repr__(self) -> str:
        return "ListPage(…)"


class ListPlace(NamedTuple):
    """The address of a source as we call it (`ours`) and as its links have it (`own`), and the person's number."""

    ours: str
    own: str
    insz: str

    def __repr__(self) -> str:
        return "ListPlace(…)"


def page_of(data: bytes, place: ListPlace) -> ListPage | str:
    """Read a page; for bytes that are none, give the reason in words of ours."""
    try:
        content = _decode(data)
    except json_text.FAILURES:
        return json_text.failure(data)
    if not isinstance(content, dict):
        return "no object"
    embedded = content.get("_embedded")
    found = content.get("certificates", embedded.get("certificates") if isinstance(embedded, dict) else None)
    metadata = next((it for name in ("pageMetadata", "page") if isinstance(it := content.get(name), dict)), {})
    if found is None and isinstance(embedded, dict | None) and _whole(metadata.get("totalElements")) == 0:
        found = []  # HAL leaves out what is empty
    if not isinstance(found, list):
        return "no list"
    given = [each for each in found[:MOST_ON_PAGE] if each is not None]
    read = [_item(each, place) for each in given]
    left_out = [each for each in read if isinstance(each, str)]
    if len(found) > MOST_ON_PAGE:
        left_out.append("more than can be read")
    hrefs = [href for each in (content, *given) for _, href in _links(each)]
    return ListPage(
        items=tuple(each for each in read if isinstance(each, ListItem)),
        left_out=tuple(f"certificates/{reason}" for reason in left_out),
        on_page=len(given),
        elements=_whole(metadata.get("totalElements")),
        pages=_whole(metadata.get("totalPages")),
        follows=any(rel == "next" for rel, _ in _links(content)),
        is_about_another=any(_about(href, place) not in ("", place.insz) for href in hrefs),
    )


def below(href: str, place: ListPlace) -> str | None:
    """Give the part of an address below the source's own about the person; None for an address elsewhere."""
    if len(href) > MOST_HREF or not href.isascii() or not href.isprintable():
        return None
    if href.startswith("/") and not href.startswith("//"):
        parts = urlsplit(place.own)
        href = f"{parts.scheme}://{parts.netloc}{href}"
    for base in (place.own, place.ours):
        start = f"{base}/{place.insz}/"
        rest = href.removeprefix(start)
        if rest != href and _BELOW.fullmatch(rest) and not _HIDDEN.search(rest):
            return None if {".", ".."} & set(rest.split("/")) else rest
    return None


def _item(written: Any, place: ListPlace) -> ListItem | str:
    """Read one certificate; for one that cannot be used, give the place of what is wrong."""
    if not isinstance(written, dict):
        return "object"
    number, language, name = written.get("id"), written.get("language"), written.get("name")
    if type(number) is int:
        number = str(number)
    if not isinstance(number, str) or not 0 < len(number) <= MOST_ID:
        return "id"
    if not isinstance(language, str) or language.strip().lower() not in LANGUAGES:
        return "language"
    title = typed_text.beginning(name, most=MOST_NAME).strip() if isinstance(name, str) else ""
    if not title:
        return "name"
    downloads = [href for rel, href in _links(written) if rel == "download"]
    if not downloads:
        return "links/download"
    where = below(downloads[0], place)
    if where is None or len(set(downloads)) > 1:
        return "links/download/href"
    return ListItem(
        number, language.strip().lower(), title, where, _year(written.get("year")), _code(written.get("community"))
    )


def _links(written: Any) -> Iterator[tuple[str, str]]:
    """Yield the links of an object, in both shapes, as pairs of rel and href."""
    if not isinstance(written, dict):
        return
    for shape in (written.get("links"), written.get("_links")):
        if isinstance(shape, Mapping):
            pairs = ((rel, each) for rel, several in shape.items() for each in _several(several))
        else:
            several = shape[:MOST_LINKS] if isinstance(shape, list) else []
            pairs = ((each.get("rel"), each) for each in several if isinstance(each, dict))
        for rel, each in islice(pairs, MOST_LINKS):
            href = each.get("href") if isinstance(each, dict) else each
            if isinstance(rel, str) and isinstance(href, str):
                yield rel, href


def _several(value: Any) -> list[Any]:
    return value[:MOST_LINKS] if isinstance(value, list) else [value]


def _about(href: str, place: ListPlace) -> str:
    """Give the national number in an address below the source's own; "" for none."""
    for base in (place.own, place.ours, urlsplit(place.own).path):
        if href.startswith(f"{base}/"):
            found = _PERSON.match(href, len(base))
            return found[1] if found else ""
    return ""


def _whole(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < 10**9 else None


def _year(value: Any) -> int | None:
    if isinstance(value, str) and len(value) == 4 and value.isascii() and value.isdigit():
        value = int(value)
    return value if type(value) is int and value in YEARS else None


def _code(value: Any) -> str | None:
    text = str(value) if type(value) is int else value
    return text if isinstance(text, str) and _NIS.fullmatch(text) else None
