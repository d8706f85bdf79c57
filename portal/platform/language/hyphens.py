"""Where long Dutch words may break at the end of a line: by the patterns of LibreOffice, as pyphen reads them.

Dutch writes "ondernemingsvaardigheden" as one word, which is wider than a heading on a small phone. Few browsers know
Dutch patterns of their own. Only words of ours are asked about, those of titles and labels; a body can put into a
label what it likes, so no word is remembered (decision 0030).
"""

import re
from collections.abc import Callable
from typing import Any

from pyphen import Pyphen

# A heading on a screen of 320 px has room for 13 letters, with the spaces that a reader may put between them.
ROOM = 12
LEAST = 4  # letters of the first piece and the last: fewer are hard to read
SEAM = 3  # letters by which a piece may be shorter or longer where two words meet
_VOWELS = frozenset("aeiouyáàâäéèêëíìîïóòôöúùûü")
# Tags of a text that is marked up are passed over.
_LONG_WORD = re.compile(rf"<[^>]*>|([^\W\d_]{{{ROOM + 1},}})")
# After a break the trema goes ("ge-informeerd"), which a soft hyphen cannot do.
_CHANGING = frozenset("ëïöü")


class _Forgetful(dict[str, Any]):
    """The place where pyphen remembers words, of which some may be somebody's."""

    def __setitem__(self, word: str, found: Any) -> None:
        """Remember nothing."""


_patterns = Pyphen(lang="nl_NL", left=LEAST, right=LEAST, cache=False)
_patterns.hd.cache = _Forgetful()


def pieces(word: str) -> list[str]:
    """Cut a word into about as many pieces of one length as it needs: ["Inschrijvings", "historiek"].

    At few places, as some screen readers pause at each; rather where two words meet ("loopbaan-onderbreking") than in
    the middle of one of them.
    """
    # What changes its letters when it breaks ("cafe-tje") has data of its own.
    places = [at for at in _patterns.positions(word) if not at.data and word[at].lower() not in _CHANGING]
    count = -(-len(word) // ROOM)
    ideal = [len(word) * part / count for part in range(1, count)]
    # A syllable takes a consonant along where it can: one that begins with a vowel behind a consonant begins a word.
    seams = {at for at in places if word[at - 1].lower() not in _VOWELS and word[at].lower() in _VOWELS}
    nearest = (min(places, key=lambda at: abs(at - best) - (SEAM if at in seams else 0)) for best in ideal)
    cuts = sorted(set(nearest)) if places else []
    return [word[start:end] for start, end in zip([0, *cuts], [*cuts, len(word)], strict=True)]


def in_long_words(text: str, join: Callable[[list[str]], str]) -> str:
    """Put the pieces of each long word of a text together again, with whatever stands between them."""
    return _LONG_WORD.sub(lambda found: join(pieces(found[1])) if found[1] else found[0], text)
