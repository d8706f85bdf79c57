"""The table of all addresses, entry by entry, and which two entries may match one address."""

from collections.abc import Iterator
from types import ModuleType
from typing import NamedTuple

from django.urls import URLPattern, URLResolver


class UrlEntry(NamedTuple):
    """An entry of the URL table: the module that has it, its namespace, the whole route, the pattern."""

    room: str
    space: str
    route: str
    pattern: URLPattern


def url_entries(resolver: URLResolver, route: str = "", room: str = "", space: str = "") -> Iterator[UrlEntry]:
    """List every entry of the URL table."""
    for each in resolver.url_patterns:
        here = route + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from url_entries(each, here, room or module_of(each), space or each.namespace or "")
        else:
            yield UrlEntry(room, space, here, each)


def module_of(resolver: URLResolver) -> str:
    """Name the module that holds its entries; "" when they stand in a list without one."""
    holder = resolver.urlconf_module
    return holder.__name__ if isinstance(holder, ModuleType) else ""


def may_meet(first: str, second: str) -> bool:
    """Tell whether two routes may match one address; whatever is filled in is taken to be anything."""
    is_open = "<path:" in first + second
    one, other = (_known(route) for route in (first, second))
    return (is_open or len(one) == len(other)) and all(
        mine == theirs or "<" in mine + theirs for mine, theirs in zip(one, other, strict=False)
    )


def _known(route: str) -> list[str]:
    """Take a route apart at its slashes, as far as what may hold slashes itself."""
    known, is_open, _ = route.partition("<path:")
    parts = known.split("/")
    return parts[:-1] if is_open else parts
