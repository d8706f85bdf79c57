"""Search in the help, on the server. Accents and small typing errors do not matter; no search is kept.

A word of the search matches a word of an entry that is the same, contains it, begins it, or differs by a letter or
two. It counts most in the entry's question and among the words people use for it, least in its answer.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from portal.platform.help import entries, marks
from portal.platform.help.types import HelpEntry
from portal.platform.kit.folding import fold
from portal.platform.language.current import current
from portal.platform.language.offer import DUTCH

LONGEST_QUERY = 100  # characters
MOST_WORDS = 8  # of a search that are used
MOST_FOUND = 10  # entries that are given
SHORTEST_PART = 4  # letters of a word that matches a longer one as its part
# The weight of a word by the part of an entry where it stands; IN_WORDS: among the words that people use for it.
IN_TITLE, IN_WORDS, IN_TOPIC, IN_ANSWER = 8, 6, 2, 1
# How much a match counts: the same word, a part of it, or one with a typing error.
SAME, PART, TYPING_ERROR = 1.0, 0.7, 0.5

# Each entry with the weight of each of its words.
Index = Sequence[tuple[HelpEntry, Mapping[str, int]]]


def find(query: str) -> Sequence[HelpEntry]:
    """List the entries that fit, best first; none for a query of empty words only, such as articles."""
    language = current()
    words = list(dict.fromkeys(_search_words(query[:LONGEST_QUERY], language)))[:MOST_WORDS]
    if not words:
        return []
    matches = [_matches(word, language) for word in words]
    scored = [(_score(matches, weights), entry) for entry, weights in _index(language)]
    best = max(score for score, _ in scored)
    # Entries that fit far less than the best are left out.
    fitting = [(score, entry) for score, entry in scored if score > 0 and score >= best / 4]
    return [entry for _, entry in sorted(fitting, key=lambda ranked: -ranked[0])][:MOST_FOUND]


def distance(word: str, other: str, most: int) -> int:
    """Give the edit distance (Damerau-Levenshtein): letters to change, add, remove or swap; at most `most` + 1."""
    if abs(len(word) - len(other)) > most:
        return most + 1
    previous: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(word, 1):
        previous, before_previous, row = row, previous, [i]
        for j, b in enumerate(other, 1):
            cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and word[i - 2] == b:
                cost = min(cost, before_previous[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _score(matches: Sequence[Mapping[str, float]], weights: Mapping[str, int]) -> float:
    """Score an entry by how much its words match each word of a search."""
    best = [
        max((how_much * weights.get(known, 0) for known, how_much in each.items()), default=0.0) for each in matches
    ]
    # An entry that matches more of the words ranks above one that matches a single word well.
    return sum(best) * sum(1 for match in best if match) / len(best)


def _matches(word: str, language: str) -> Mapping[str, float]:
    """Give the words of all entries that match a word of a search, each with how much: each is compared once."""
    compared = ((known, _match(word, known)) for known in _vocabulary(language))
    return {known: how_much for known, how_much in compared if how_much}


def _match(word: str, known: str) -> float:
    if word == known:
        return SAME
    if len(word) >= SHORTEST_PART and (known.startswith(word) or word in known):
        return PART
    if len(known) > SHORTEST_PART and word.startswith(known):
        return PART
    slips = 0 if len(word) <= 4 else 1 if len(word) <= 8 else 2
    # Each letter that the other word lacks is a slip: that is counted sooner than the distance.
    if not slips or len(set(word).difference(known)) > slips:
        return 0.0
    return TYPING_ERROR if distance(word, known, slips) <= slips else 0.0


def _search_words(text: str, language: str) -> Iterator[str]:
    empty = _empty_words(language)
    for word in re.findall(r"[a-z0-9]+", fold(text).replace("-", "")):
        if word not in empty and (len(word) > 1 or word.isdigit()):
            yield word


@cache
def _empty_words(language: str) -> frozenset[str]:
    return entries.in_language(language).empty_words | entries.in_language(DUTCH).empty_words


@cache
def _index(language: str) -> Index:
    """Give the words of each entry with their weights, in a language and in Dutch, whose terms people know."""
    dutch = _index_of(DUTCH, language)
    if language == DUTCH:
        return dutch
    return [
        (entry, {word: max(weights.get(word, 0), of_dutch.get(word, 0)) for word in {**weights, **of_dutch}})
        for (entry, weights), (_, of_dutch) in zip(_index_of(language, language), dutch, strict=True)
    ]


@cache
def _vocabulary(language: str) -> frozenset[str]:
    """Give the words of all entries, each once."""
    return frozenset().union(*(weights for _, weights in _index(language)))


def _index_of(written: str, language: str) -> Index:
    """Give the words of each entry as it is written in a language, without the empty words of the other."""
    return [(entry, _weights(entry, language)) for entry in entries.in_language(written).entries.values()]


def _weights(entry: HelpEntry, language: str) -> Mapping[str, int]:
    weights: dict[str, int] = {}
    for text, weight in (
        (marks.plain(entry.parts), IN_ANSWER),
        (entry.topic.title, IN_TOPIC),
        (entry.words, IN_WORDS),
        (entry.question, IN_TITLE),
    ):
        for word in _search_words(text, language):
            weights[word] = max(weight, weights.get(word, 0))
    return weights
