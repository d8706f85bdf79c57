"""Read what somebody seeks, and find it in a text: all of it pure, for any text whatever.

Capitals and accents do not count. A date may be written as people do. A national number counts whole or not at all,
so that nobody finds its masked digits one by one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from portal.platform.kit import incomplete_date, national_number, typed_text
from portal.platform.kit.folding import folded, folded_with_places
from portal.platform.kit.incomplete_date import IncompleteDate

SHORTEST, LONGEST = 2, 100  # characters
_AROUND = ".,;:!?()[]\"'…"  # what stands around a word without being part of it
_MONTHS = {
    name: month
    for month in range(1, 13)
    for whole in [incomplete_date.in_words(IncompleteDate(2000, month, 0)).split()[0]]
    for name in (whole, whole[:3])
} | {"mrt": 3, "sept": 9}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_JOIN = r" ?[./-] ?"
_NUMBER = re.compile(r"(?<![0-9])[0-9]{2}[. -]?[0-9]{2}[. -]?[0-9]{2}[. -]?[0-9]{3}[. -]?[0-9]{2}(?![0-9])")
_DAYS = (
    re.compile(rf"(?<![0-9])(?P<d>[0-9]{{1,2}}){_JOIN}(?P<m>[0-9]{{1,2}}){_JOIN}(?P<y>[0-9]{{4}})(?![0-9])"),
    re.compile(r"(?<![0-9])(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})(?![0-9])"),
    re.compile(rf"(?<![0-9])(?P<d>[0-9]{{1,2}}) (?P<m>{_MONTH})\.?(?: (?P<y>[0-9]{{4}}))?(?!\w)"),
    re.compile(rf"(?<!\w)(?P<m>{_MONTH})\.? (?P<y>[0-9]{{4}})(?![0-9])"),
    re.compile(r"(?<![0-9./-])(?P<m>[0-9]{1,2})[./-](?P<y>[0-9]{4})(?![0-9])"),
)

Piece = tuple[str, bool]  # a part of a text, and whether it was found


@dataclass(frozen=True, slots=True, repr=False)
class Term:
    """One thing sought: its words, which must all be there, or the day or the national number that they mean."""

    words: Sequence[re.Pattern[str]]
    day: IncompleteDate | None = None
    number: str = ""

    def is_in(self, plain: str) -> bool:
        """Tell whether all words stand in a folded text."""
        return all(word.search(plain) for word in self.words)

    def means(self, value: str, kind: str) -> bool:
        """Tell whether a datum is the day or the number that is sought."""
        if kind == "national_number":
            return bool(self.number) and value == self.number
        if kind != "date" or self.day is None:
            return False
        known, sought = incomplete_date.read(value), self.day
        return known is not None and all(
            not wanted or wanted == part
            for wanted, part in ((sought.year, known.year), (sought.month, known.month), (sought.day, known.day))
        )


@dataclass(frozen=True, slots=True, repr=False)
class Sought:
    """What somebody seeks: the text as they typed it, tidied, and its terms; without terms it finds nothing."""

    text: str
    terms: Sequence[Term]


def read(text: str) -> Sought:
    """Read what is sought: national numbers, then dates, then words; every term must be found."""
    text = typed_text.beginning(text, most=LONGEST)
    rest = " ".join(folded(text).split())
    terms: list[Term] = []

    def number(found: re.Match[str]) -> str:
        digits = re.sub(r"[^0-9]", "", found[0])
        if not national_number.is_valid(digits, is_fictitious=True):
            return found[0]
        terms.append(Term(_patterns(found[0]), number=digits))
        return " "

    def day(found: re.Match[str]) -> str:
        given = found.groupdict(default="")
        month = _MONTHS.get(given["m"]) or int(given["m"])
        when = IncompleteDate(int(given["y"] or 0), month, int(given.get("d") or 0))
        if not 1 <= when.month <= 12 or when.day > 31:
            return found[0]
        terms.append(Term(_patterns(found[0]), day=when))
        return " "

    rest = _NUMBER.sub(number, rest)
    for pattern in _DAYS:
        rest = pattern.sub(day, rest)
    terms += [Term((word,)) for word in _patterns(rest)]
    return Sought(text, terms)


def marked(text: str, sought: Sought) -> list[Piece]:
    """Cut a text where what is sought stands in it; put together, the pieces are the text."""
    plain, places = folded_with_places(text)
    ends = [*places, len(text)]
    spans = sorted(
        # A character may be compared as several (ß as ss): then it is marked whole.
        (places[found.start()], max(ends[found.end()], places[found.end() - 1] + 1))
        for term in sought.terms
        for word in term.words
        for found in word.finditer(plain)
    )
    pieces: list[Piece] = []
    at = 0
    for start, end in spans:
        if end <= at:
            continue
        start = max(start, at)
        if start > at:
            pieces.append((text[at:start], False))
        if pieces and start == at and pieces[-1][1]:
            pieces[-1] = (pieces[-1][0] + text[start:end], True)
        else:
            pieces.append((text[start:end], True))
        at = end
    return [*pieces, (text[at:], False)] if at < len(text) else pieces


def _patterns(plain: str) -> list[re.Pattern[str]]:
    """Make what finds each word of a folded text: a number or a very short word must stand by itself."""
    words = dict.fromkeys(word for part in plain.split() if (word := part.strip(_AROUND)))
    return [re.compile(_bounded(word)) for word in words]


def _bounded(word: str) -> str:
    quoted = re.escape(word)
    if word.isdecimal():
        return rf"(?<!\d){quoted}(?!\d)"
    return rf"(?<!\w){quoted}(?!\w)" if len(word) <= SHORTEST else quoted
