"""Compare texts as people do: without capitals, accents, or the many forms of an apostrophe or a dash."""

import unicodedata
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


def folded(text: str) -> str:
    """Write a text as it is compared: small letters, no accents, plain quotes and dashes, plain spaces."""
    return text.lower() if text.isascii() and text.isprintable() else "".join(map(_folded, text))


def folded_with_places(text: str) -> tuple[str, list[int]]:
    """Fold a text, and say of each character which one of the text (0-based) it comes from."""
    parts = [_folded(char) for char in text]
    return "".join(parts), [at for at, part in enumerate(parts) for _ in part]


@lru_cache(maxsize=4096)  # characters, which say nothing of anyone
def _folded(char: str) -> str:
    """Fold one character, each by itself, so that a text is found wherever it stands in another."""
    if char.isspace():
        return " "
    # Before accents go: a quotation mark of its own would fall apart into a space and an accent.
    char = char.translate(_SAME)
    small = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    plain = "".join(each for each in small if not unicodedata.combining(each))
    return plain.translate(_SAME)
