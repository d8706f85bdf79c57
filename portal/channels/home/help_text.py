"""How an answer of the help is written: plain text with a few marks, read into parts that a template shows.

A paragraph ends at an empty line. `- ` begins a line of a list, `1. ` a step, `## Title {#anchor}` a heading.
Within a line: `**weighty**`, and `[words](target)`, where the target is `hulp:SLUG` or `hulp:SLUG#anchor` (another
entry), `plaats:ROUTE` or `plaats:ROUTE?name=value#anchor` (a page), `#anchor` (this page) or an https address.
The text is never markup itself: templates escape it.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import Literal

import msgspec
from django.urls import reverse

Kind = Literal["paragraph", "list", "steps", "heading"]

_INLINE = re.compile(r"\*\*(?P<strong>[^*]+)\*\*|\[(?P<words>[^]]+)\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"## (?P<title>.+) \{#(?P<anchor>[a-z][a-z0-9-]*)\}")
_LISTS: Sequence[tuple[str, Kind]] = (("- ", "list"), ("1. ", "steps"))
_ENTRY = re.compile(r"hulp:(?P<slug>[a-z0-9-]+)(?P<anchor>#[a-z0-9-]+)?")
_PLACE = re.compile(r"plaats:(?P<route>[a-z_]+:[a-z_]+)(\?(?P<name>[a-z]+)=(?P<value>[a-z_]+))?(?P<anchor>#[a-z]+)?")
_OWN = re.compile(r"#[a-z0-9-]+")
_ELSEWHERE = re.compile(r"https://[a-z0-9.-]+(/\S*)?")


class TextError(ValueError):
    """A text has a mark that means nothing; the message says which, and what it may be."""


class Piece(msgspec.Struct, frozen=True):
    """A run of words: plain, weighty, or a link where `href` says so."""

    text: str
    is_strong: bool = False
    href: str = ""


Line = tuple[Piece, ...]


class Part(msgspec.Struct, frozen=True):
    """A paragraph or heading (one line), or a list (each line an item). anchor: of a heading."""

    kind: Kind
    lines: tuple[Line, ...]
    anchor: str = ""


def read(text: str, left_out: Collection[str] = ()) -> tuple[Part, ...]:
    """Read a text; raises TextError for a mark that means nothing.

    left_out: features that this portal does not have; of a link to a page of theirs only the words stay.
    """
    for feature in left_out:
        text = re.sub(rf"\[([^]]+)\]\(plaats:{re.escape(feature)}:[^)\s]*\)", r"\1", text)
    return tuple(_part(block.splitlines()) for block in re.split(r"\n\s*\n", text.strip()) if block.strip())


def plain(parts: Sequence[Part]) -> str:
    """Give the words alone, without marks."""
    return " ".join(piece.text for part in parts for line in part.lines for piece in line)


def entries_named(parts: Sequence[Part]) -> set[tuple[str, str]]:
    """List the entries that a text leads to, each with the anchor (or nothing)."""
    found = {
        _ENTRY.fullmatch(piece.href)
        for part in parts
        for line in part.lines
        for piece in line
        if piece.href.startswith("hulp:")
    }
    return {(match["slug"], (match["anchor"] or "").removeprefix("#")) for match in found if match}


@cache
def address(target: str) -> str:
    """Say where a link leads; NoReverseMatch for a page that is not ours (the tests look at every link)."""
    if match := _ENTRY.fullmatch(target):
        return f"{reverse('home:help_entry', kwargs={'slug': match['slug']})}{match['anchor'] or ''}"
    if match := _PLACE.fullmatch(target):
        arguments = {match["name"]: match["value"]} if match["name"] else {}
        return f"{reverse(match['route'], kwargs=arguments)}{match['anchor'] or ''}"
    return target


def _part(lines: Sequence[str]) -> Part:
    if match := _HEADING.fullmatch(lines[0]):
        return Part("heading", (_line(match["title"]),), match["anchor"])
    for mark, kind in _LISTS:
        if lines[0].startswith(mark):
            strangers = [line for line in lines if not line.startswith(mark)]
            if strangers:
                raise TextError(f"{strangers[0]!r} stands in a list without its mark {mark!r}.")
            return Part(kind, tuple(_line(line.removeprefix(mark)) for line in lines))
    if lines[0].startswith("#"):
        raise TextError(f"{lines[0]!r} is no heading: write ## Title {{#anchor}}.")
    return Part("paragraph", (_line(" ".join(lines)),))


def _line(text: str) -> Line:
    pieces = tuple(_pieces(text))
    left = "".join(piece.text for piece in pieces)
    if "**" in left or "](" in left:
        raise TextError(f"{text!r} has a mark that is not closed.")
    return pieces


def _pieces(text: str) -> Iterator[Piece]:
    at = 0
    for match in _INLINE.finditer(text):
        if match.start() > at:
            yield Piece(text[at : match.start()])
        if match["strong"]:
            yield Piece(match["strong"], is_strong=True)
        elif any(form.fullmatch(match["target"]) for form in (_ENTRY, _PLACE, _OWN, _ELSEWHERE)):
            yield Piece(match["words"], href=match["target"])
        else:
            raise TextError(f"{match[0]!r} leads nowhere: write hulp:SLUG, plaats:ROUTE, #anchor or https://….")
        at = match.end()
    if at < len(text):
        yield Piece(text[at:])
