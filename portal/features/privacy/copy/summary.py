"""The summary of a copy, as data for a PDF: how much there is of each kind, and the newest of it. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from portal.platform.kit.unprinted import Unprinted
from portal.platform.language import dates
from portal.platform.language.numbers import format_number
from portal.platform.paper.document import DocumentSection, document, visible_text

MOST = 20  # values of one kind that are written out
LONGEST = 300  # characters of one value


@dataclass(slots=True, repr=False)
class CountedKind:
    """One kind of record: how many there are, when the newest is of (UTC), and those values that are words.

    words: what the kind is called, in the citizen's language. Never printed.
    """

    words: str
    count: int = 0
    newest: datetime | None = None
    values: list[str] = field(default_factory=list)


class SummaryChapter(Unprinted, frozen=True):
    """One part of the copy. file: where all of it stands in the ZIP. why: why it is missing, or ""."""

    title: str
    file: str
    kinds: Sequence[CountedKind]
    why: str = ""


def count_in(kind: CountedKind, value: object, since: datetime) -> None:
    """Count one more record of a kind."""
    kind.count += 1
    kind.newest = max(kind.newest or since, since)
    if isinstance(value, str) and len(kind.values) < MOST:
        kind.values.append(value[:LONGEST])


def text(chapters: Sequence[SummaryChapter], *, who: str, now: datetime) -> dict[str, Any]:
    """Write the document that `typesetting.typeset` takes. who: the name of its citizen."""
    title = _("Alles wat wij over u bewaren")
    data = document(
        [{"title": title, "blocks": [_block(chapter) for chapter in chapters]}], title=title, who=who, now=now
    )
    data["explained"] = visible_text(
        _(
            "Dit is een samenvatting van wat Mijn Burgerprofiel over %(who)s bewaart. Alles staat voluit in de "
            "bestanden ernaast."
        )
        % {"who": who}
    )
    return data


def _block(chapter: SummaryChapter) -> dict[str, Any]:
    paragraphs = [] if chapter.kinds or chapter.why else [_("Hier bewaren wij niets over u.")]
    foot = _("Alles voluit: %(file)s") % {"file": chapter.file} if chapter.file else ""
    return {
        "title": visible_text(chapter.title),
        "paragraphs": paragraphs,
        "sections": [_section(kind) for kind in chapter.kinds],
        "trouble": [visible_text(chapter.why)] if chapter.why else [],
        "foot": visible_text(foot),
    }


def _section(kind: CountedKind) -> DocumentSection:
    words = _("Aantal: %(count)s. Het nieuwste is van %(day)s.")
    day = dates.day(kind.newest) if kind.newest else ""
    lines = [words % {"count": format_number(kind.count), "day": day}, *kind.values]
    if kind.count > len(kind.values) > 0:
        lines.append(_("De rest staat in het bestand."))
    return {
        "heading": visible_text(kind.words),
        "level": 4,
        "lines": [visible_text(line) for line in lines],
        "facts": [],
    }
