"""Where long Dutch words may break at the end of a line: by the patterns of LibreOffice, as pyphen reads them.

Dutch writes "ondernemingsvaardigheden" as one word, which is wider than a heading on a small phone. Few browsers know
Dutch patterns of their own. Only titles and labels are broken. A label can come from a body, which can put personal
data into it, so no word is remembered (decision 0030).
"""

import re
from collections.abc import Callable
from typing import Any

from pyphen import Pyphen

# Letters of a word that is not broken. On a screen of 320 px a heading has room for 13 letters, also where a reader
# puts space between letters (WCAG 1.4.12); one of them may be the hyphen.
ROOM = 12
LEAST = 4  # letters of the first piece and the last: fewer are hard to read
SEAM = 3  # letters by which a break may be farther from its ideal place if two words meet there
_VOWELS = frozenset("aeiouyáàâäéèêëíìîïóòôöúùûü")
# A tag of markup, which is passed over, or a word with more letters than ROOM.
_LONG_WORD = re.compile(rf"<[^>]*>|([^\W\d_]{{{ROOM + 1},}})")
# A letter that loses its trema after a break ("geïnformeerd", "ge-informeerd"), which a soft hyphen cannot do.
_CHANGING = frozenset("ëïöü")


class _Forgetful(dict[str, Any]):
    """A cache for pyphen that stays empty: some words may be personal data."""

    def __setitem__(self, word: str, positions: Any) -> None:
        """Remember nothing."""


# `cache` is about pyphen's patterns; words it remembers whatever that says, unless its cache stays empty.
_patterns = Pyphen(lang="nl_NL", left=LEAST, right=LEAST, cache=False)
_patterns.hd.cache = _Forgetful()


def pieces(word: str) -> list[str]:
    """Cut a word into pieces of about one length, no more than it needs: ["Inschrijvings", "historiek"].

    There are as few as lines of ROOM letters ask for, because some screen readers pause at each. A piece may be a
    little longer than ROOM: a break is rather where two words meet ("loopbaan-onderbreking") than in the middle of
    one. A word in which Dutch allows no break is one piece.
    """
    # A position has `data` where the letters change at the break ("cafeetje", "café-tje").
    places = [at for at in _patterns.positions(word) if not at.data and word[at].lower() not in _CHANGING]
    count = -(-len(word) // ROOM)
    ideal = [len(word) * part / count for part in range(1, count)]
    # Inside a word, a syllable takes the consonant before it along. So where one begins with a vowel after a
    # consonant, a word begins.
    seams = {at for at in places if word[at - 1].lower() not in _VOWELS and word[at].lower() in _VOWELS}
    nearest = (min(places, key=lambda at: abs(at - best) - (SEAM if at in seams else 0)) for best in ideal)
    cuts = sorted(set(nearest)) if places else []
    return [word[start:end] for start, end in zip([0, *cuts], [*cuts, len(word)], strict=True)]


def in_long_words(text: str, join: Callable[[list[str]], str]) -> str:
    """Replace each long word of a Dutch text by what `join` makes of its pieces; tags of markup stay as they are."""
    return _LONG_WORD.sub(lambda match: join(pieces(match[1])) if match[1] else match[0], text)
