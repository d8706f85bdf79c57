"""What a PDF says: a citizen's answers as titles, sentences and facts, in the words of the page.

Only plain text leaves this file: the one template that makes sentences of trouble is the page's own, read back.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from django.template.loader import get_template
from django.utils.translation import gettext as _
from lxml import html

from portal.platform.language.current import current
from portal.platform.language.dates import moment
from portal.platform.language.numbers import counted
from portal.platform.sources.catalogue import Found
from portal.platform.sources.reading.facts import Fact
from portal.platform.ui.jinja import shown

from . import rules, windows
from .types import Family, Item, Look, Period, Tile

# What parts words and is no space.
_APART = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
# What is not seen, and what turns text around it the other way, may not hide what a document says, nor come along
# when somebody copies a reference out of it.
_UNSEEN = re.compile(
    r"[\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ud800-\udfff\ue000-\uf8ff]+"
)

Section = dict[str, Any]

# Facts of one dataset: fewer when that makes too long a document. Somewhat less than `typesetting` takes.
MOST_FACTS = (windows.MOST_FACTS, 250, 60)
MOST_BYTES = 400 * 1024


def of_datasets(found: Sequence[Found], *, title: str, who: str, now: datetime) -> dict[str, Any]:
    """Say everything of some datasets, by the body that keeps them; of long answers what fits in one document."""
    for most in MOST_FACTS:
        made = _of_datasets(found, most, title=title, who=who, now=now)
        if len(msgspec.json.encode(made)) <= MOST_BYTES:
            break
    return made


def _of_datasets(found: Sequence[Found], most: int, *, title: str, who: str, now: datetime) -> dict[str, Any]:
    outcomes = {entry.name: outcome for entry, outcome in found}
    groups = [
        {
            "title": clean(group.title),
            "blocks": [
                _block(_fitted(rules.tile_of(entry, outcomes[entry.name], "all", Look()), most), now)
                for entry in group.entries
            ],
        }
        for group in rules.by_body(entry for entry, _outcome in found)
    ]
    return _document(groups, title=title, who=who, now=now)


def of_item(tile: Tile, item: Item, *, who: str, now: datetime) -> dict[str, Any]:
    """Say everything of one item."""
    shown, window = windows.part_of_item(item, 0, MOST_FACTS[0])
    # Not how many there are: this is one of them.
    block = _block(replace(windows.fitted(tile, "lead"), items=(), window=window), now)
    block |= {"sections": [_section("", facts=[shown.facts])]}
    groups = [{"title": clean(tile.entry.agency.words.name), "blocks": [block]}]
    return _document(groups, title=item.title, who=who, now=now)


def _fitted(tile: Tile, most: int) -> Tile:
    return windows.fitted(tile, "all", most=most)


def clean(text: str) -> str:
    """Take out of a text what is not seen, and put one space between words."""
    return " ".join(_UNSEEN.sub("", _APART.sub(" ", text)).split())


def _document(groups: list[dict[str, Any]], *, title: str, who: str, now: datetime) -> dict[str, Any]:
    made = _("Opgevraagd op %(when)s") % {"when": moment(now)}
    return {
        "language": current(),
        "title": clean(title),
        "portal": "Mijn Burgerprofiel",
        "warning": _("Dit is geen officieel attest"),
        "explained": clean(
            _(
                "Dit zijn gegevens van %(who)s, zoals overheidsdiensten ze doorgaven. Bij elk blok staan de bron en "
                "het tijdstip. Hebt u een bewijs nodig? Vraag dan een attest aan."
            )
            % {"who": who}
        ),
        "squares": _("Een □ staat voor een teken dat dit document niet kan tonen. Op de pagina zelf staat het wel."),
        "made": made,
        "page": _("Bladzijde {at} van {of}"),
        "timestamp": int(now.timestamp()),
        "groups": groups,
    }


def _block(tile: Tile, now: datetime) -> dict[str, Any]:
    words = tile.entry.words
    is_shown = tile.name in ("ready", "partial")
    paragraphs = [*tile.notes, *([tile.explanation] if is_shown and tile.explanation else [])]
    if tile.items and words.items:
        count = tile.window.total if tile.window else len(tile.items)
        paragraphs.append(f"{counted(count)} {words.items.one if count == 1 else words.items.many}")
    if tile.window:
        sentence = _("De eerste %(end)s van %(total)s %(many)s. De rest staat op de pagina zelf.")
        end, total = counted(tile.window.end), counted(tile.window.total)
        paragraphs.append(sentence % {"end": end, "total": total, "many": tile.window.many})
    return {
        "title": clean(words.title),
        "paragraphs": [clean(one) for one in paragraphs],
        "sections": list(_sections(tile)),
        "trouble": _trouble(tile, now),
        "foot": clean(_foot(tile)),
    }


def _sections(tile: Tile) -> Iterable[Section]:
    if tile.family:
        yield from _family(tile.family)
    for chapter in tile.chapters:
        yield _section(chapter.heading or _("Andere gegevens"))
        for period in chapter.periods:
            yield _period(period)
    for item in tile.items:
        lines = (
            [_("Nog %(left)s gegevens staan hier niet.") % {"left": counted(item.left_out)}] if item.left_out else ()
        )
        yield _section(item.title, lines=lines, facts=[item.facts])
    if tile.family and tile.blocks:
        yield _section(_("Alles wat de bron hierover zegt"))
    for block in tile.blocks:
        yield _section(block.heading, facts=[block.facts])


def _period(period: Period) -> Section:
    # A period without a title goes by its time.
    heading, lines = (period.title, [period.words]) if period.title else (period.words, [])
    return _section(heading, level=5, lines=lines, facts=period.parts)


def _family(family: Family) -> Iterable[Section]:
    tree = family.tree
    unknown = [tree.unknown, *(_("Er staat vermeld: %(kind)s.") % {"kind": kind} for kind in tree.kinds)]
    yield _people(_("Uw ouders"), family.parents, unknown)
    yield _people(_("Uw kinderen"), family.children, [_("Er staan bij u geen kinderen vermeld.")])
    left_out = [_("Nog %(left)s mensen staan hier niet.") % {"left": counted(family.left_out)}]
    yield _section("", lines=[*(left_out if family.left_out else ()), tree.help])


def _people(heading: str, people: Sequence[Any], otherwise: Sequence[str]) -> Section:
    section = _section(heading, lines=() if people else otherwise)
    rows = [[clean(one.name), clean(", ".join(one.details))] for one in people]
    return section | {"facts": [rows] if rows else []}


def _section(
    heading: str, *, level: int = 4, lines: Sequence[str] = (), facts: Sequence[Sequence[Fact]] = ()
) -> Section:
    return {
        "heading": clean(heading),
        "level": level,
        "lines": [clean(line) for line in lines if line],
        "facts": [[[clean(f.label), clean(shown(f.value, f.kind))] for f in part] for part in facts if part],
    }


def _trouble(tile: Tile, now: datetime) -> list[str]:
    """Read the sentences of the page's own template."""
    rendered = get_template("themes/_trouble.html").render({"tile": tile, "now": now})
    paragraphs = html.fragment_fromstring(str(rendered), create_parent="div").iter("p")
    return [clean("".join(one.itertext())) for one in paragraphs]


def _foot(tile: Tile) -> str:
    source = _("Bron: %(source)s") % {"source": tile.entry.agency.words.name}
    asked_at = tile.outcome.asked_at
    if asked_at is None:
        return str(source)
    words = (
        _("opgehaald op %(when)s") if tile.name in ("ready", "partial", "nothing") else _("geprobeerd op %(when)s")
    )
    return f"{source} · {words % {'when': moment(asked_at)}}"
