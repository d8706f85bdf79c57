"""The URL table, with the audience and the examples of each address."""

import importlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.urls import URLPattern, get_resolver, reverse

from portal.config import url_table
from portal.platform.access.types import Audience

from .example import Example

# Values for the parts of an address, to find out whether two patterns match the same one.
SAMPLES = ("x", str(UUID(int=0)), "VB-00000-00000-00000", "x" * 43)
_CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Address:
    """An entry of the URL table. name: with its namespace. route: the whole of it."""

    name: str
    route: str
    pattern: URLPattern

    @property
    def view(self) -> Any:
        """Give the view, with the marks that its guards put on it."""
        return self.pattern.callback

    @property
    def room(self) -> str:
        """Name the package of the feature or channel that answers here."""
        return ".".join(str(self.view.__module__).split(".")[:3])

    @property
    def audience(self) -> Audience | None:
        """Tell who may see it; None where nobody said so."""
        return getattr(self.view, "audience", None)

    @property
    def takes_programs(self) -> bool:
        """Tell whether programs may send something to this page, too."""
        return bool(getattr(self.view, "takes_programs", False))

    @property
    def is_streamed(self) -> bool:
        """Tell whether its page comes in pieces."""
        return getattr(self.view, "streams", False)

    @property
    def examples(self) -> Sequence[Example]:
        """Give its examples, the plainest first; empty where its room has none."""
        return examples_of(self.room).get(self.name, ())

    def path(self, example: Example, found: Mapping[str, str] | None = None) -> str:
        """Write the address of an example, with what its `prepare` gave (`found`)."""
        values = {**example.values, **(found or {})}
        query = {name: value for name, value in values.items() if name not in self.parts}
        return self.bare_path(example, found) + example.query_with(query)

    def bare_path(self, example: Example, found: Mapping[str, str] | None = None) -> str:
        """Write the address of an example without the query."""
        values = {**example.values, **(found or {})}
        return str(reverse(self.name, kwargs={name: values[name] for name in self.parts}))

    @property
    def parts(self) -> Collection[str]:
        """Name its variable parts."""
        return list(self.pattern.pattern.converters)

    def segments(self) -> list[str | re.Pattern[str]]:
        """Split the route at its slashes: into words, and the patterns of variable parts."""
        return [self._segment(part) for part in self.route.split("/")]

    def _segment(self, part: str) -> str | re.Pattern[str]:
        filled_in = _CONVERTER.fullmatch(part)
        if filled_in is None:
            assert "<" not in part, f"{self.route}: what is filled in stands between two slashes"
            return part
        return re.compile(self.pattern.pattern.converters[filled_in[1]].regex)


@cache
def addresses() -> Sequence[Address]:
    """List every address that the portal has, in the order of the table."""
    return [
        Address(f"{entry.space}:{entry.pattern.name}", entry.route, entry.pattern)
        for entry in url_table.url_entries(get_resolver())
    ]


def of(audience: Audience) -> Sequence[Address]:
    """List the addresses for one audience."""
    return [address for address in addresses() if address.audience is audience]


def every_example(*audiences: Audience) -> Iterator[tuple[Address, Example]]:
    """Go through every example of every address, or of those for some audiences."""
    for address in addresses():
        for example in address.examples:
            if not audiences or seen_by(address, example) in audiences:
                yield address, example


def seen_by(address: Address, example: Example) -> Audience | None:
    """Tell the audience of an example: `/` is for anyone, but for citizens when somebody is signed in."""
    return Audience.CITIZEN if address.is_streamed and example.person else address.audience


@cache
def examples_of(room: str) -> Mapping[str, Sequence[Example]]:
    """Read the examples of a room: those of its own tests, by the names of its addresses."""
    try:
        module = importlib.import_module(f"{room}.tests.examples")
    except ModuleNotFoundError as error:
        if error.name is None or not f"{room}.tests.examples".startswith(error.name):
            raise
        return {}
    found: Mapping[str, Sequence[Example]] = module.EXAMPLES
    return found


def in_common(first: Address, second: Address) -> str | None:
    """Find an address that both patterns match, if there is one."""
    pairs = list(zip(first.segments(), second.segments(), strict=False))
    if len(first.segments()) != len(second.segments()):
        return None
    known = [part for address in (first, second) for part in address.segments() if isinstance(part, str)]
    found = [next((text for text in (*known, *SAMPLES) if _fits(text, *pair)), None) for pair in pairs]
    return None if None in found else "/".join(map(str, found))


def _fits(text: str, *parts: str | re.Pattern[str]) -> bool:
    return all(text == part if isinstance(part, str) else part.fullmatch(text) for part in parts)
