"""Search in the help: small, on the server, forgiving of accents and of a slip of the finger.

A word of the question counts where an entry has it, begins with it, or differs from it by a letter or two; it counts
most in the question and among the words people use, least in the answer. Nothing of what was searched is kept.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from portal.platform.kit.folding import folded
from portal.platform.language.current import current
from portal.platform.language.offer import DUTCH

from . import help_entries, help_text
from .help_entries import Entry

LONGEST_QUERY = 100  # characters
MOST_WORDS = 8
MOST_FOUND = 10
SHORTEST_TO_BEGIN = 4  # letters, for "begins with"
IN_TITLE, IN_WORDS, IN_TOPIC, IN_ANSWER = 8, 6, 2, 1
# How well a word must be met to count: whole, begun, or nearly.
WHOLE, BEGUN, NEARLY = 1.0, 0.7, 0.5

Index = Sequence[tuple[Entry, Mapping[str, int]]]


def find(query: str) -> Sequence[Entry]:
    """List the entries that fit, best first; none for a query without a telling word."""
    language = current()
    words = list(dict.fromkeys(_telling(query[:LONGEST_QUERY], language)))[:MOST_WORDS]
    if not words:
        return []
    scored = [(_score(words, weights), entry) for entry, weights in _index(language)]
    best = max(score for score, _ in scored)
    # What fits far less than the best only stands in its way.
    fitting = [(score, entry) for score, entry in scored if score > 0 and score >= best / 4]
    return [entry for _, entry in sorted(fitting, key=lambda one: -one[0])][:MOST_FOUND]


def distance(one: str, other: str, most: int) -> int:
    """Count the letters to change, add, take away or swap to make one of the other; more than `most` is most + 1."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _score(words: Sequence[str], weights: Mapping[str, int]) -> float:
    met = [max((_met(word, known) * weight for known, weight in weights.items()), default=0.0) for word in words]
    # An entry that meets more of the words goes before one that meets one of them well.
    return sum(met) * sum(1 for one in met if one) / len(words)


def _met(word: str, known: str) -> float:
    if word == known:
        return WHOLE
    if len(word) >= SHORTEST_TO_BEGIN and (known.startswith(word) or word in known):
        return BEGUN
    if len(known) > SHORTEST_TO_BEGIN and word.startswith(known):
        return BEGUN
    slips = 0 if len(word) <= 4 else 1 if len(word) <= 8 else 2
    return NEARLY if slips and distance(word, known, slips) <= slips else 0.0


def _telling(text: str, language: str) -> Iterator[str]:
    empty = _empty_words(language)
    for word in re.findall(r"[a-z0-9]+", folded(text).replace("-", "")):
        if word not in empty and (len(word) > 1 or word.isdigit()):
            yield word


@cache
def _empty_words(language: str) -> frozenset[str]:
    return help_entries.in_language(language).empty_words | help_entries.in_language(DUTCH).empty_words


@cache
def _index(language: str) -> Index:
    """Weigh the words of each entry: those of a language, and the Dutch ones, by which people know our terms."""
    dutch = _weighed(DUTCH, language)
    if language == DUTCH:
        return dutch
    return [
        (entry, {word: max(weights.get(word, 0), of_dutch.get(word, 0)) for word in {**weights, **of_dutch}})
        for (entry, weights), (_, of_dutch) in zip(_weighed(language, language), dutch, strict=True)
    ]


def _weighed(written: str, language: str) -> Index:
    return [(entry, _weights(entry, language)) for entry in help_entries.in_language(written).entries.values()]


def _weights(entry: Entry, language: str) -> Mapping[str, int]:
    weights: dict[str, int] = {}
    for text, weight in (
        (help_text.plain(entry.parts), IN_ANSWER),
        (entry.topic.title, IN_TOPIC),
        (entry.words, IN_WORDS),
        (entry.question, IN_TITLE),
    ):
        for word in _telling(text, language):
            weights[word] = max(weight, weights.get(word, 0))
    return weights
