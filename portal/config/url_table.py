"""List the entries of the URL table, and tell which two of them may match one address; for checks and tests."""

import re
from collections.abc import Iterator
from types import ModuleType
from typing import NamedTuple

from django.urls import URLPattern, URLResolver
from django.urls.converters import get_converters

_PARAMETER = re.compile(r"<(?:(?P<converter>[^>:]+):)?[^>]+>")  # as `<slug:name>`


class UrlEntry(NamedTuple):
    """An entry of the URL table. room: the module that has it; space: its namespace; route: the whole route."""

    room: str
    space: str
    route: str
    pattern: URLPattern


def url_entries(resolver: URLResolver, route: str = "", room: str = "", space: str = "") -> Iterator[UrlEntry]:
    """List every entry below a resolver. route, room, space: what holds of the resolver itself."""
    for each in resolver.url_patterns:
        full_route = route + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from url_entries(each, full_route, room or module_of(each), space or each.namespace or "")
        else:
            yield UrlEntry(room, space, full_route, each)


def module_of(resolver: URLResolver) -> str:
    """Give the name of the module that holds a resolver's entries; "" when they are a bare list."""
    holder = resolver.urlconf_module
    return holder.__name__ if isinstance(holder, ModuleType) else ""


def may_overlap(first: str, second: str) -> bool:
    """Tell whether two routes may match one address.

    A parameter may be anything that its converter takes, as a slug for `<slug:name>`. Two parts with parameters, or
    one with text around a parameter, are taken to overlap.
    """
    is_open = "<path:" in first + second
    first_parts, second_parts = (_parts_of(route) for route in (first, second))
    return (is_open or len(first_parts) == len(second_parts)) and all(
        part == other or _takes(part, other) or _takes(other, part)
        for part, other in zip(first_parts, second_parts, strict=False)
    )


def _takes(part: str, other: str) -> bool:
    """Tell whether a part of a route with a parameter may match what another part matches."""
    whole = _PARAMETER.fullmatch(part)
    converter = get_converters().get(whole["converter"] or "str") if whole else None
    if converter is None or "<" in other:
        return "<" in part
    return re.fullmatch(converter.regex, other) is not None


def _parts_of(route: str) -> list[str]:
    """Split a route at its slashes, up to a `<path:…>`, which may hold slashes itself."""
    before, is_open, _ = route.partition("<path:")
    parts = before.split("/")
    return parts[:-1] if is_open else parts
