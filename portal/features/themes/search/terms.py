"""Read the text of a search into terms, and find these in a text. No I/O; safe for any text.

Capitals and accents do not count. A date may be written in many ways. A national number matches whole or not at all,
so that nobody finds its masked digits one by one.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from portal.platform.kit import incomplete_date, national_number, typed_text
from portal.platform.kit.folding import fold, fold_with_places
from portal.platform.kit.incomplete_date import IncompleteDate
from portal.platform.language import dates, offer

SHORTEST, LONGEST = 2, 100  # characters of a search
LONGEST_MARKED = 20_000  # characters of a text in which matches are marked
_AROUND = ".,;:!?()[]\"'…"  # signs around a word that are no part of it


def _months() -> dict[str, int]:
    """Give the months by their names in each language on offer: in full, and the first three letters if unique."""
    months: dict[str, int] = {}
    for language in offer.names():
        whole = [fold(name) for name in dates.month_names(language)]
        begun = Counter(name[:3] for name in whole)
        for month, name in enumerate(whole, 1):
            months |= {name: month} | ({name[:3]: month} if begun[name[:3]] == 1 else {})
    return months | {"mrt": 3, "sept": 9}


_MONTHS = _months()
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_JOIN = r" ?[./-] ?"
_NUMBER = re.compile(r"(?<!\w)[0-9]{2}[. -]?[0-9]{2}[. -]?[0-9]{2}[. -]?[0-9]{3}[. -]?[0-9]{2}(?!\w)")
_DAYS = (
    re.compile(rf"(?<!\w)(?P<d>[0-9]{{1,2}}){_JOIN}(?P<m>[0-9]{{1,2}}){_JOIN}(?P<y>[0-9]{{4}})(?!\w)"),
    re.compile(r"(?<!\w)(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})(?!\w)"),
    re.compile(rf"(?<!\w)(?P<d>[0-9]{{1,2}}) (?P<m>{_MONTH})\.?(?: (?P<y>[0-9]{{4}}))?(?!\w)"),
    re.compile(rf"(?<!\w)(?P<m>{_MONTH})\.? (?P<y>[0-9]{{4}})(?!\w)"),
    re.compile(r"(?<![\w./-])(?P<m>[0-9]{1,2})[./-](?P<y>[0-9]{4})(?!\w)"),
)

Fragment = tuple[str, bool]  # a part of a text, and whether it matches


@dataclass(frozen=True, slots=True, repr=False)
class SearchWord:
    """One word of a search. It is not a compiled pattern: `re` would keep the words of citizens in its cache."""

    text: str

    def places(self, plain: str) -> Iterator[tuple[int, int]]:
        """Yield where the word begins and ends in a folded text, for each time that it stands there."""
        at = plain.find(self.text)
        while at >= 0:
            end = at + len(self.text)
            is_there = self._may_stand_between(plain[at - 1 : at], plain[end : end + 1])
            if is_there:
                yield at, end
            at = plain.find(self.text, end if is_there else at + 1)

    def is_in(self, plain: str) -> bool:
        """Tell whether the word stands in a folded text."""
        return any(True for _ in self.places(plain))

    def _may_stand_between(self, before: str, after: str) -> bool:
        """Tell whether the word may stand between two characters: a number or a very short word only by itself."""
        if self.text.isdecimal():
            return not before.isdecimal() and not after.isdecimal()
        if len(self.text) > SHORTEST:
            return True
        is_joined = _is_of_a_word(before) and _is_of_a_word(self.text[0])
        return not is_joined and not (_is_of_a_word(after) and _is_of_a_word(self.text[-1]))


def _is_of_a_word(char: str) -> bool:
    return char.isalnum() or char == "_"


@dataclass(frozen=True, slots=True, repr=False)
class SearchTerm:
    """One term of a search: words that must all be there, and the day or the national number that they may mean."""

    words: Sequence[SearchWord]
    day: IncompleteDate | None = None
    number: str = ""

    def is_in(self, plain: str) -> bool:
        """Tell whether all words stand in a folded text."""
        return all(word.is_in(plain) for word in self.words)

    def means(self, value: str, kind: str) -> bool:
        """Tell whether a value is the day or the national number that the term means. kind: of the fact."""
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
class SearchQuery:
    """A search: the cleaned text of the field, and its terms, which must all match. Without terms none do."""

    text: str
    terms: Sequence[SearchTerm]


def read(text: str) -> SearchQuery:
    """Read the terms of a text: national numbers first, then dates, then words."""
    text = typed_text.beginning(text, most=LONGEST)
    rest = " ".join(fold(text).split())
    terms: list[SearchTerm] = []

    def take_number(match: re.Match[str]) -> str:
        digits = re.sub(r"[^0-9]", "", match[0])
        if not national_number.is_valid(digits, is_fictitious=True):
            return match[0]
        terms.append(SearchTerm(_words(match[0]), number=digits))
        return " "

    def take_day(match: re.Match[str]) -> str:
        groups = match.groupdict(default="")
        month = _MONTHS.get(groups["m"]) or int(groups["m"])
        when = IncompleteDate(int(groups["y"] or 0), month, int(groups.get("d") or 0))
        if not 1 <= when.month <= 12 or when.day > 31:
            return match[0]
        terms.append(SearchTerm(_words(match[0]), day=when))
        return " "

    rest = _NUMBER.sub(take_number, rest)
    for pattern in _DAYS:
        rest = pattern.sub(take_day, rest)
    terms += [SearchTerm((word,)) for word in _words(rest)]
    return SearchQuery(text, terms)


def mark(text: str, sought: SearchQuery) -> list[Fragment]:
    """Cut a text into fragments that match a search and others; joined, they are the text.

    In a text of more than LONGEST_MARKED characters nothing is marked: it is no line that people read.
    """
    if len(text) > LONGEST_MARKED:
        return [(text, False)]
    plain, places = fold_with_places(text)
    ends = [*places, len(text)]
    spans = sorted(
        # A character may fold into several (ß into ss): then it is marked whole.
        (places[start], max(ends[end], places[end - 1] + 1))
        for term in sought.terms
        for word in term.words
        for start, end in word.places(plain)
    )
    pieces: list[Fragment] = []
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


def _words(plain: str) -> list[SearchWord]:
    """Cut a folded text into the words to be found."""
    return [SearchWord(word) for word in dict.fromkeys(part.strip(_AROUND) for part in plain.split()) if word]
