"""The markup of the help's answers and of the policy's sections: text with a few marks, which is read into parts
for a template.

Each part ends at an empty line: a paragraph, a list (each line begins with `- `), steps (with `1. `), and a heading,
which is one line `## Title {#anchor}`.
Within a line: `**strong**`, `{words for a wide screen|words for a phone}`, and `[words](target)`, where the
target is `hulp:SLUG` or `hulp:SLUG#anchor` (another entry), `plaats:ROUTE` or `plaats:ROUTE?name=value#anchor` (a
page), `#anchor` (this page) or an https address.
HTML in a text has no effect: templates escape it.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import Literal

import msgspec
from django.urls import reverse

PartKind = Literal["paragraph", "list", "steps", "heading"]

_INLINE = re.compile(
    r"\*\*(?P<strong>[^*]+)\*\*|\[(?P<words>[^]]+)\]\((?P<target>[^)\s]+)\)|\{(?P<wide>[^{|}]+)\|(?P<narrow>[^{|}]+)\}"
)
_HEADING = re.compile(r"## (?P<title>.+) \{#(?P<anchor>[a-z][a-z0-9-]*)\}")
_LISTS: Sequence[tuple[str, PartKind]] = (("- ", "list"), ("1. ", "steps"))
_ENTRY = re.compile(r"hulp:(?P<slug>[a-z0-9-]+)(?P<anchor>#[a-z0-9-]+)?")
_PLACE = re.compile(r"plaats:(?P<route>[a-z_]+:[a-z_]+)(\?(?P<name>[a-z]+)=(?P<value>[a-z_]+))?(?P<anchor>#[a-z]+)?")
_OWN = re.compile(r"#[a-z0-9-]+")
_ELSEWHERE = re.compile(r"https://[a-z0-9.-]+(/\S*)?")


class TextError(ValueError):
    """A text has a wrong mark; the message quotes it and says what is allowed."""


class Span(msgspec.Struct, frozen=True):
    """Words of one kind: plain, strong, or a link.

    href: its target as the text has it (`address` gives its address), or "". width: the screens that show the words;
    "" for all.
    """

    text: str
    is_strong: bool = False
    href: str = ""
    width: Literal["", "wide", "narrow"] = ""


MarkedLine = tuple[Span, ...]


class Part(msgspec.Struct, frozen=True):
    """A paragraph or a heading (one line), or a list (a line for each item). anchor: a heading's, else ""."""

    kind: PartKind
    lines: tuple[MarkedLine, ...]
    anchor: str = ""


def read(text: str, left_out: Collection[str] = ()) -> tuple[Part, ...]:
    """Read a text into its parts; raises TextError for a wrong mark.

    left_out: ids of features that this portal does not have; links to their pages become plain words.
    """
    for feature in left_out:
        text = re.sub(rf"\[([^]]+)\]\(plaats:{re.escape(feature)}:[^)\s]*\)", r"\1", text)
    return tuple(_part(block.splitlines()) for block in re.split(r"\n\s*\n", text.strip()) if block.strip())


def plain(parts: Sequence[Part]) -> str:
    """Give the words alone, without marks."""
    return " ".join(piece.text for part in parts for line in part.lines for piece in line)


def linked_entries(parts: Sequence[Part]) -> set[tuple[str, str]]:
    """Give slug and anchor ("" for none) of each entry that a text links to."""
    matches = {
        _ENTRY.fullmatch(piece.href)
        for part in parts
        for line in part.lines
        for piece in line
        if piece.href.startswith("hulp:")
    }
    return {(match["slug"], (match["anchor"] or "").removeprefix("#")) for match in matches if match}


@cache
def address(target: str) -> str:
    """Give the address for a target; raises NoReverseMatch for a page that does not exist (checks try all)."""
    if match := _ENTRY.fullmatch(target):
        return f"{reverse('help:entry', kwargs={'slug': match['slug']})}{match['anchor'] or ''}"
    if match := _PLACE.fullmatch(target):
        arguments = {match["name"]: match["value"]} if match["name"] else {}
        return f"{reverse(match['route'], kwargs=arguments)}{match['anchor'] or ''}"
    return target


def _part(lines: Sequence[str]) -> Part:
    if match := _HEADING.fullmatch(lines[0]):
        if len(lines) > 1:
            raise TextError(f"{lines[1]!r} stands directly below a heading: leave a line empty between them.")
        return Part("heading", (_line(match["title"]),), match["anchor"])
    for mark, kind in _LISTS:
        if lines[0].startswith(mark):
            others = [line for line in lines if not line.startswith(mark)]
            if others:
                raise TextError(f"{others[0]!r} stands in a list without its mark {mark!r}.")
            return Part(kind, tuple(_line(line.removeprefix(mark)) for line in lines))
    if lines[0].startswith("#"):
        raise TextError(f"{lines[0]!r} is no heading: write ## Title {{#anchor}}.")
    for line in lines[1:]:
        if line.startswith(("## ", *(mark for mark, _ in _LISTS))):
            raise TextError(f"{line!r} stands directly below a sentence: leave a line empty between them.")
    return Part("paragraph", (_line(" ".join(lines)),))


def _line(text: str) -> MarkedLine:
    pieces = tuple(_spans(text))
    words = "".join(piece.text for piece in pieces)
    if any(mark in words for mark in ("**", "](", "{", "}")):
        raise TextError(
            f"{text!r} has a mark that is not whole, or one inside another: write **strong**, {{wide|narrow}} or "
            "[words](target)."
        )
    return pieces


def _spans(text: str) -> Iterator[Span]:
    end = 0
    for match in _INLINE.finditer(text):
        if match.start() > end:
            yield Span(text[end : match.start()])
        if match["strong"]:
            yield Span(match["strong"], is_strong=True)
        elif match["wide"]:
            yield Span(match["wide"], width="wide")
            yield Span(match["narrow"], width="narrow")
        elif any(form.fullmatch(match["target"]) for form in (_ENTRY, _PLACE, _OWN, _ELSEWHERE)):
            yield Span(match["words"], href=match["target"])
        else:
            raise TextError(f"{match[0]!r} leads nowhere: write hulp:SLUG, plaats:ROUTE, #anchor or https://….")
        end = match.end()
    if end < len(text):
        yield Span(text[end:])
