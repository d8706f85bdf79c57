"""The table of all addresses, entry by entry, and which two entries may match one address."""

import re
from collections.abc import Iterator
from types import ModuleType
from typing import NamedTuple

from django.urls import URLPattern, URLResolver
from django.urls.converters import get_converters

_FILLED_IN = re.compile(r"<(?:(?P<converter>[^>:]+):)?[^>]+>")  # the whole of a part, as `<slug:name>`


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
    """Tell whether two routes may match one address.

    What is filled in is taken to be anything that its converter takes, as a slug for `<slug:name>`; where two are
    filled in, or one with something around it, they may.
    """
    is_open = "<path:" in first + second
    one, other = (_parts_of(route) for route in (first, second))
    return (is_open or len(one) == len(other)) and all(
        mine == theirs or _takes(mine, theirs) or _takes(theirs, mine)
        for mine, theirs in zip(one, other, strict=False)
    )


def _takes(part: str, other: str) -> bool:
    """Tell whether a part of a route that is filled in may be what another part is."""
    whole = _FILLED_IN.fullmatch(part)
    converter = get_converters().get(whole["converter"] or "str") if whole else None
    if converter is None or "<" in other:
        return "<" in part
    return re.fullmatch(converter.regex, other) is not None


def _parts_of(route: str) -> list[str]:
    """Take a route apart at its slashes, as far as what may hold slashes itself."""
    known, is_open, _ = route.partition("<path:")
    parts = known.split("/")
    return parts[:-1] if is_open else parts
