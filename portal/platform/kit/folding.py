"""Compare texts as people do: without capitals, accents, or the many forms of an apostrophe or a dash."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# What keyboards and registers write in several ways.
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
# Marks of one letter are put in order by comparing each with each: so many characters at a time, they are few.
_AT_ONCE = 64


def fold(text: str) -> str:
    """Write a text as it is compared: small letters, no accents, plain quotes and dashes, plain spaces."""
    if text.isascii() and text.isprintable():
        return text.lower()
    return "".join(_fold(text[at : at + _AT_ONCE]) for at in range(0, len(text), _AT_ONCE))


def have_words(texts: Iterable[str], words: Iterable[str]) -> bool:
    """Tell whether all of these words, which are folded, stand in the texts, each in whichever."""
    text = fold(" ".join(texts))
    return all(word in text for word in words)


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """Fold a text, and say of each character which one of the text (0-based) it comes from."""
    parts = [_fold_character(char) for char in text]
    return "".join(parts), [at for at, part in enumerate(parts) for _ in part]


@lru_cache(maxsize=4096)  # characters, which say nothing of anyone
def _fold_character(char: str) -> str:
    return _fold(char)


def _fold(part: str) -> str:
    """Fold some characters, each as if it stood by itself, so that a text is found wherever it stands in another."""
    plain = "".join(" " if char.isspace() else char for char in part)
    # Before accents go: a quotation mark of its own would fall apart into a space and an accent.
    small = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", plain.translate(_SAME)).casefold())
    return "".join(each for each in small if not unicodedata.combining(each)).translate(_SAME)
