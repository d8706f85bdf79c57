"""The copy of everything in plain words, as a document on paper: how much of what, since when. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from portal.platform.kit.unprinted import Unprinted
from portal.platform.language import dates
from portal.platform.language.numbers import counted
from portal.platform.paper.document import DocumentSection, document, visible_text

MOST = 20  # values of one part that are written out
LONGEST = 300  # characters of one


@dataclass(slots=True, repr=False)
class CountedKind:
    """How much there is of one kind, and what can be said of it in words. Never printed."""

    words: str
    count: int = 0
    newest: datetime | None = None
    values: list[str] = field(default_factory=list)


class SummaryChapter(Unprinted, frozen=True):
    """One part in words. why: why it is missing, or "". file: where all of it stands."""

    title: str
    file: str
    lines: Sequence[CountedKind]
    why: str = ""


def count_in(line: CountedKind, value: object, since: datetime) -> None:
    """Count one more of a kind."""
    line.count += 1
    line.newest = max(line.newest or since, since)
    if isinstance(value, str) and len(line.values) < MOST:
        line.values.append(value[:LONGEST])


def text(chapters: Sequence[SummaryChapter], *, who: str, now: datetime) -> dict[str, Any]:
    """Put it in a document for `typesetting`. who: whose it is."""
    title = _("Alles wat wij over u bewaren")
    said = document([{"title": title, "blocks": [_block(one) for one in chapters]}], title=title, who=who, now=now)
    said["explained"] = visible_text(
        _(
            "Dit is een samenvatting van wat Mijn Burgerprofiel over %(who)s bewaart. Alles staat voluit in de "
            "bestanden ernaast."
        )
        % {"who": who}
    )
    return said


def _block(chapter: SummaryChapter) -> dict[str, Any]:
    paragraphs = [] if chapter.lines or chapter.why else [_("Hier bewaren wij niets over u.")]
    foot = _("Alles voluit: %(file)s") % {"file": chapter.file} if chapter.file else ""
    return {
        "title": visible_text(chapter.title),
        "paragraphs": paragraphs,
        "sections": [_section(line) for line in chapter.lines],
        "trouble": [visible_text(chapter.why)] if chapter.why else [],
        "foot": visible_text(foot),
    }


def _section(line: CountedKind) -> DocumentSection:
    said = _("Aantal: %(count)s. Het nieuwste is van %(day)s.")
    day = dates.day(line.newest) if line.newest else ""
    lines = [said % {"count": counted(line.count), "day": day}, *line.values]
    if line.count > len(line.values) > 0:
        lines.append(_("De rest staat in het bestand."))
    return {
        "heading": visible_text(line.words),
        "level": 4,
        "lines": [visible_text(one) for one in lines],
        "facts": [],
    }
