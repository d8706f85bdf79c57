"""Compare texts as people do: without capitals, accents, or the many forms of an apostrophe or a dash."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# Characters that keyboards and registers write in several ways; letters that NFKD does not take apart.
_SAME = str.maketrans(
    {
        **dict.fromkeys("‘’ʼ´", "'"),
        **dict.fromkeys("“”„«»", '"'),
        **dict.fromkeys("‐‑‒–—−", "-"),
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ı": "i",
    }
)
# Normalising compares the marks of one letter each with each. A text is folded so many characters at a time, so that
# never more marks than these come together.
_AT_ONCE = 64


def fold(text: str) -> str:
    """Write a text as it is compared: small letters, no accents, plain quotes and dashes, plain spaces."""
    if text.isascii() and text.isprintable():
        return text.lower()
    return "".join(_fold(text[at : at + _AT_ONCE]) for at in range(0, len(text), _AT_ONCE))


def have_words(texts: Iterable[str], words: Iterable[str]) -> bool:
    """Tell whether each of these words, which are folded, stands in at least one of the texts."""
    text = fold(" ".join(texts))
    return all(word in text for word in words)


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """Fold a text, and give for each character of the result the index of the one of `text` it comes from."""
    parts = [_fold_character(char) for char in text]
    return "".join(parts), [at for at, part in enumerate(parts) for _ in part]


@lru_cache(maxsize=4096)  # of single characters, which are no personal data
def _fold_character(char: str) -> str:
    return _fold(char)


def _fold(part: str) -> str:
    """Fold characters independently of their neighbours, so that a text is found wherever it stands in another."""
    plain = "".join(" " if char.isspace() else char for char in part)
    # This comes before accents are removed: NFKD would take an accent that stands alone (´) apart into a space and a
    # mark.
    small = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", plain.translate(_SAME)).casefold())
    return "".join(each for each in small if not unicodedata.combining(each)).translate(_SAME)
