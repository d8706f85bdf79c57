"""Text that a person typed, or a program sent for a person: measured first, then normalised.

The length is checked before anything else, and a letter keeps at most MOST_MARKS combining marks: normalising takes
time with the square of the marks on one letter. Characters that cannot be seen are removed and not refused: they come
along when people paste, and nobody could find them to delete them.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from uuid import UUID

from .errors import PortalError

MOST_MARKS = 30  # in a row; no writing has so many (Unicode Standard Annex 15, stream-safe text)
ROOM = 4  # times that a text may be longer before it is normalised: marks, spaces, characters that cannot be seen

# Letters and marks that nobody sees (fillers, the joiner of graphemes), and code points set apart to be ignored.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u2065\u3164\uffa0\ufff0-\ufff8\ufdd0-\ufdef\U000e0000-\U000e00ff]"
)
_SELECTORS = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# Format characters (category Cf) that are drawn all the same: signs over Arabic and Syriac numbers and verses.
_DRAWN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
_JOINERS = frozenset("\u200c\u200d")
# Half-width marks of Japanese: letters by their category, but combining marks in NFKC.
_JOINED_TO_THE_LETTER_BEFORE = frozenset("\uff9e\uff9f")
_LINE_ENDS = frozenset("\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029")
_BLANK = "\u2800"  # the space of Braille
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_YEARS = range(1900, 9991)  # in which a day of a filter may be
_EMPTY_LINES = re.compile("\n{3,}")


class TooLong(PortalError):
    """A text is longer than allowed. used: its characters, as typed where it was too long to normalise."""

    code = "too_long"

    def __init__(self, used: int) -> None:
        super().__init__()
        self.used = used


def line(text: str, *, most: int) -> str:
    """Write a text on one line: composed letters (NFC), single spaces, none around it.

    most: characters of the result. Raise TooLong.
    """
    return _read(text, most, _on_one_line)


def lines(text: str, *, most: int) -> str:
    """Write a text of several lines: composed letters (NFC), `\\n` between lines, at most one empty line in a row.

    most: characters of the result. Raise TooLong.
    """
    return _read(text, most, _on_lines)


def code(text: str, *, most: int) -> str:
    """Write a number, a code or an e-mail address on one line: full-width digits and letters as plain ones (NFKC).

    most: characters of the result. Raise TooLong.
    """
    return _read(text, most, _in_plain_characters)


def beginning(text: str, *, most: int) -> str:
    """Write the first `most` characters of a text as `line` does; for a filter or a search, which refuses nothing."""
    return _on_one_line(text[:most])[:most].rstrip()


def days(begin: str, end: str) -> tuple[str, str]:
    """Read the first and the last day of a filter as `day` does, the earlier one first."""
    first, last = day(begin), day(end)
    return (last, first) if first and last and last < first else (first, last)


def day(text: str) -> str:
    """Read a day as `<input type="date">` sends it (YYYY-MM-DD); "" for anything else."""
    if len(text) != len("2026-12-31") or not text.isascii():
        return ""
    try:
        read = date.fromisoformat(text)
    except ValueError:
        return ""
    return read.isoformat() if read.year in _YEARS else ""


def identifier(text: str) -> UUID | None:
    """Read the UUID that a form of ours carries; None for any other text."""
    if len(text) > len(str(UUID(int=0))):
        return None
    try:
        return UUID(text)
    except ValueError:
        return None


def _read(text: str, most: int, write: Callable[[str], str]) -> str:
    if len(text) > ROOM * most:
        raise TooLong(len(text))
    written = write(text)
    if len(written) > most:
        raise TooLong(len(written))
    return written


def _on_one_line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", _visible(text, line_end=" ")).split())


def _on_lines(text: str) -> str:
    seen = unicodedata.normalize("NFC", _visible(text.replace("\r\n", "\n"), line_end="\n"))
    tidy = "\n".join(each.rstrip() for each in seen.split("\n"))
    return _EMPTY_LINES.sub("\n\n", tidy).strip()


def _in_plain_characters(text: str) -> str:
    seen = _visible(text, line_end=" ").translate(_DASHES).replace("\u200c", "").replace("\u200d", "")
    return " ".join(unicodedata.normalize("NFKC", seen).translate(_DASHES).split())


def _visible(text: str, *, line_end: str) -> str:
    """Remove what cannot be seen; write every kind of space as " ", and at most MOST_MARKS marks on a letter."""
    if text.isascii() and text.isprintable():
        return text
    kept: list[str] = []
    base, marks = "", 0  # the last character that is no mark, and how many marks stand on it
    for at, char in enumerate(text):
        kind = unicodedata.category(char)
        is_mark = kind[0] == "M" or char in _JOINED_TO_THE_LETTER_BEFORE
        if char in _LINE_ENDS:
            seen = line_end
        elif kind[0] == "Z" or char in "\t\x1f" or char == _BLANK:
            seen = " "
        else:
            # Before a joiner counts the letter and not its marks: composed with them, it is one character.
            before = base if base and char in _JOINERS else kept[-1] if kept else ""
            seen = char if _is_seen(char, kind, before, text[at + 1 : at + 2]) else ""
        # What is removed from between marks does not separate them.
        if seen and not (is_mark and marks == MOST_MARKS):
            base, marks = (base, marks + 1) if is_mark else (seen, 0)
            kept.append(seen)
    return "".join(kept)


def _is_seen(char: str, kind: str, before: str, after: str) -> bool:
    """Tell whether a character shows something between its neighbours. kind: its category."""
    if char in _JOINERS:
        # A neighbour that is itself removed is nothing to join.
        return _can_join(before) and _can_join(after) and not (_SELECTORS.match(after) or _UNSEEN.match(after))
    if _SELECTORS.match(char):
        return before != "" and unicodedata.category(before) in ("Lo", "So", "Sm", "Po", "Nd")
    if kind in ("Cc", "Cf", "Cs", "Co"):
        return char in _DRAWN
    # The last two code points of each plane are no characters.
    return ord(char) & 0xFFFE != 0xFFFE and _UNSEEN.match(char) is None


def _can_join(char: str) -> bool:
    """Tell whether a joiner beside a character can change how it is drawn: Arabic, Indic, pictures, their marks."""
    kind = unicodedata.category(char) if char else ""
    if kind == "Lo":
        return unicodedata.bidirectional(char) != "R" and unicodedata.east_asian_width(char) not in ("W", "F")
    return kind in ("Mn", "Mc", "So", "Sk") or char in ("♀", "♂")
