"""Search the senders of letters, sort them, and cut a page out of them. No I/O."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from portal.platform.kit import typed_text
from portal.platform.kit.folding import fold

from ..registry.wording import text_of
from ..types import Sender

AT_ONCE = 50  # on a page
LONGEST = 100  # characters of the words that are looked for
_DIGITS = 6  # most digits of a page number


class SenderPage(NamedTuple):
    """A page of the senders that a search found. number: of the page, from 1; of: how many pages; total: senders."""

    shown: Sequence[Sender]
    number: int
    of: int
    total: int


def words_in(typed: str) -> str:
    """Read the words that are looked for, cut to LONGEST characters."""
    return typed_text.beginning(typed, most=LONGEST)


def find(every: Iterable[Sender], words: str) -> list[Sender]:
    """Give the senders that fit the words, sorted by their names in the page's language.

    Every word must occur in a name, in any language, or in the KBO number; case, accents and points do not count.
    """
    wanted = fold(words).split()
    fitting = [one for one in every if not wanted or _has(one, wanted)]
    return sorted(fitting, key=lambda one: (fold(text_of(one.long_names)[0]), one.id))


def page_of(every: Sequence[Sender], typed: str) -> SenderPage:
    """Cut a page out of the senders. typed: its number; anything else gives the first page, one too high the last."""
    last = max(1, -(-len(every) // AT_ONCE))
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= _DIGITS else 1
    number = min(max(number, 1), last)
    return SenderPage(every[(number - 1) * AT_ONCE : number * AT_ONCE], number, last, len(every))


def _has(sender: Sender, words: Iterable[str]) -> bool:
    text = fold("\n".join((*sender.long_names.values(), *sender.short_names.values(), sender.id)))
    return all(word in text or word.replace(".", "") in text for word in words)
