"""Find documents that expired or soon will, and say so in a sentence. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from portal.platform.kit import incomplete_date
from portal.platform.kit.incomplete_date import IncompleteDate
from portal.platform.language import dates
from portal.platform.sources.reading import paths
from portal.platform.sources.reading.facts import Fact, first_by_key

from ..section import DocumentKeys

SOON = timedelta(days=60)  # so long before its end a document asks for attention


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a document: its date as the body gives it, and whether it is over."""

    until: IncompleteDate
    is_over: bool


def ending_of(facts: Sequence[Fact], document: DocumentKeys, today: date) -> Ending | None:
    """Say when the documents of an answer end, if that is past or at most SOON away; None otherwise.

    Of several documents the one that is valid longest counts. A document without a known end is taken to be valid. Of
    an incomplete date the last day that it can be counts. today: in Belgium.
    """
    if any(fact.key in document.unless for fact in facts):
        return None
    latest: tuple[date, IncompleteDate] | None = None
    for of_document in _documents(facts, document.path):
        first = first_by_key(of_document)
        ends = [incomplete_date.read(first[key].value) for key in document.ends if key in first]
        known = [(last, end) for end in ends if end is not None and (last := end.latest()) is not None]
        if not known:
            return None
        latest = max(latest or min(known), min(known))
    if latest is None or latest[0] > today + SOON:
        return None
    return Ending(latest[1], is_over=latest[0] < today)


def _documents(facts: Sequence[Fact], path: str) -> list[list[Fact]]:
    """Group the facts in elements with a path (without indexes) by element: one for each document."""
    by_document: dict[str, list[Fact]] = {}
    for fact in facts:
        place = paths.beginning(fact.path, paths.depth_of(path))
        if place == path or place == paths.repeat_of(path, fact.path):
            by_document.setdefault(place, []).append(fact)
    return list(by_document.values())


def ending_words(document: str, ending: Ending) -> str:
    """Write the end of a document as a sentence: "Uw identiteitsbewijs verviel op 3 maart 2024."."""
    words = {"what": document, "date": dates.in_words(ending.until)}
    if ending.until.day:
        sentence = _("%(what)s verviel op %(date)s.") if ending.is_over else _("%(what)s vervalt op %(date)s.")
    elif ending.until.month:
        sentence = _("%(what)s verviel in %(date)s.") if ending.is_over else _("%(what)s vervalt in %(date)s.")
    else:
        # A year alone is already "in 1971".
        sentence = _("%(what)s verviel %(date)s.") if ending.is_over else _("%(what)s vervalt %(date)s.")
    return str(sentence) % words
