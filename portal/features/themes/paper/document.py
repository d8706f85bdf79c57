"""Write the data of a PDF (`platform.paper.document`): answers as titles, sentences and facts, in the words of pages.

All of it is plain text; sentences about trouble are those of the page's own template, without its markup.
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import replace
from datetime import datetime
from typing import Any

import msgspec
from django.template.loader import get_template
from django.utils.translation import gettext as _
from lxml import html

from portal.platform.language.dates import moment
from portal.platform.language.numbers import format_number
from portal.platform.paper.document import DocumentSection, document, visible_text
from portal.platform.sources import itemizing
from portal.platform.sources.catalogue import EntryOutcome
from portal.platform.sources.reading.facts import Fact
from portal.platform.ui.values import readable

from .. import queries
from ..arranging import tiles, windows
from ..arranging.types import Item, Period, Tile
from ..descent.types import Family
from ..types import Viewer

# How many facts of one dataset a document has at most: the next number where it would have more than MOST_BYTES,
# which is somewhat less than `typesetting.LARGEST`.
MOST_FACTS = (windows.MOST_FACTS, 250, 60)
MOST_BYTES = 400 * 1024


def of_datasets(outcomes: Sequence[EntryOutcome], *, title: str, who: str, now: datetime) -> dict[str, Any]:
    """Write a document of datasets, by the body that keeps them, with as many facts of each as fit in it."""
    for most in MOST_FACTS:
        data = _of_datasets(outcomes, most, title=title, who=who, now=now)
        if len(msgspec.json.encode(data)) <= MOST_BYTES:
            break
    return data


def _of_datasets(
    outcomes: Sequence[EntryOutcome], most: int, *, title: str, who: str, now: datetime
) -> dict[str, Any]:
    by_name = {entry.name: outcome for entry, outcome in outcomes}
    groups = [
        {
            "title": visible_text(group.title),
            "blocks": [
                _block(_fit(tiles.tile_of(entry, by_name[entry.name], "all", Viewer()), most), now)
                for entry in group.entries
            ],
        }
        for group in queries.by_body(entry for entry, _outcome in outcomes)
    ]
    return document(groups, title=title, who=who, now=now)


def of_item(tile: Tile, item: Item, *, who: str, now: datetime) -> dict[str, Any]:
    """Write a document of one item. tile: of its dataset (`tiles.tile_of_item`)."""
    part, window = windows.part_of_item(item, 0, MOST_FACTS[0])
    # Without the count of items: this document is about one of them.
    block = _block(replace(windows.fit(tile, "lead"), items=(), window=window), now)
    block |= {"sections": list(_item("", part, tile.entry.words.groups))}
    groups = [{"title": visible_text(tile.entry.agency.words.name), "blocks": [block]}]
    return document(groups, title=item.title, who=who, now=now)


def _fit(tile: Tile, most: int) -> Tile:
    return windows.fit(tile, "all", room=windows.ON_PAPER._replace(facts=most))


def _block(tile: Tile, now: datetime) -> dict[str, Any]:
    words = tile.entry.words
    is_shown = tile.name in ("ready", "partial")
    paragraphs = [*tile.notes, *([tile.explanation] if is_shown and tile.explanation else [])]
    if tile.items and words.items:
        count = tile.window.total if tile.window else len(tile.items)
        paragraphs.append(f"{format_number(count)} {words.items.one if count == 1 else words.items.many}")
    if tile.window:
        sentence = _("De eerste %(end)s van %(total)s %(many)s. De rest staat op de pagina zelf.")
        end, total = format_number(tile.window.end), format_number(tile.window.total)
        paragraphs.append(sentence % {"end": end, "total": total, "many": tile.window.many})
    return {
        "title": visible_text(words.title),
        "paragraphs": [visible_text(paragraph) for paragraph in paragraphs],
        "sections": list(_sections(tile)),
        "trouble": _trouble(tile, now),
        "foot": visible_text(_foot(tile)),
    }


def _sections(tile: Tile) -> Iterable[DocumentSection]:
    if tile.family:
        yield from _family(tile.family)
    for chapter in tile.chapters:
        yield _section(chapter.heading or _("Andere gegevens"))
        for period in chapter.periods:
            yield _period(period)
    for item in tile.items:
        lines = (
            [_("Nog %(left)s gegevens staan hier niet.") % {"left": format_number(item.left_out)}]
            if item.left_out
            else ()
        )
        yield from _item(item.title, item, tile.entry.words.groups, lines)
    if tile.family and tile.blocks:
        yield _section(_("Alles wat de bron hierover zegt"))
    for block in tile.blocks:
        yield _section(block.heading, facts=[block.facts])


def _item(
    heading: str, item: Item, groups: Mapping[str, str], lines: Sequence[str] = ()
) -> Iterable[DocumentSection]:
    """Write the sections of an item: its own facts, and those of each element that repeats inside it, by name."""
    parts = itemizing.cut_item(item.place, item.facts, groups)
    yield _section(heading, lines=lines, facts=[parts.pop(item.place, ())])
    for place, facts in parts.items():
        yield _section(itemizing.name_of_part(place, facts, groups), level=5, facts=[facts])


def _period(period: Period) -> DocumentSection:
    # A period without a title has its dates as heading.
    heading, lines = (period.title, [period.words]) if period.title else (period.words, [])
    return _section(heading, level=5, lines=lines, facts=period.parts)


def _family(family: Family) -> Iterable[DocumentSection]:
    tree = family.tree
    unknown = [tree.unknown, *(_("Er staat vermeld: %(kind)s.") % {"kind": kind} for kind in tree.kinds)]
    # Who is not there is told only where the answer is whole.
    if family.parents or family.is_whole:
        yield _people(_("Uw ouders"), family.parents, unknown)
    if family.children or family.is_whole:
        yield _people(_("Uw kinderen"), family.children, [_("Er staan bij u geen kinderen vermeld.")])
    left_out = [_("Nog %(left)s mensen staan hier niet.") % {"left": format_number(family.left_out)}]
    yield _section("", lines=[*(left_out if family.left_out else ()), tree.help])


def _people(heading: str, people: Sequence[Any], otherwise: Sequence[str]) -> DocumentSection:
    section = _section(heading, lines=() if people else otherwise)
    rows = [[visible_text(person.name), visible_text(", ".join(person.details))] for person in people]
    return section | {"facts": [rows] if rows else []}


def _section(
    heading: str, *, level: int = 4, lines: Sequence[str] = (), facts: Sequence[Sequence[Fact]] = ()
) -> DocumentSection:
    return {
        "heading": visible_text(heading),
        "level": level,
        "lines": [visible_text(line) for line in lines if line],
        "facts": [
            [[visible_text(fact.label), visible_text(readable(fact.value, fact.kind))] for fact in part]
            for part in facts
            if part
        ],
    }


def _trouble(tile: Tile, now: datetime) -> list[str]:
    """Give the sentences about a missing or partial answer: the paragraphs of the page's own template."""
    rendered = get_template("themes/_trouble.html").render({"tile": tile, "now": now})
    paragraphs = html.fragment_fromstring(str(rendered), create_parent="div").iter("p")
    return [visible_text("".join(paragraph.itertext())) for paragraph in paragraphs]


def _foot(tile: Tile) -> str:
    source = _("Bron: %(source)s") % {"source": tile.entry.agency.words.name}
    asked_at = tile.outcome.asked_at
    if asked_at is None:
        return str(source)
    words = (
        _("opgehaald op %(when)s") if tile.name in ("ready", "partial", "nothing") else _("geprobeerd op %(when)s")
    )
    return f"{source} · {words % {'when': moment(asked_at)}}"
