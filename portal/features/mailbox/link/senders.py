"""Which senders somebody looks for, in which order they stand, and a page of them. No I/O."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from portal.platform.kit import typed_text
from portal.platform.kit.folding import fold

from ..registry.wording import text_of
from ..types import Sender

AT_ONCE = 50  # on a page
LONGEST = 100  # characters of what is sought
_DIGITS = 6  # of the number of a page


class SenderPage(NamedTuple):
    """Some of the senders that were found. number: of the page, from 1; of: how many pages; total: of all found."""

    shown: Sequence[Sender]
    number: int
    of: int
    total: int


def words_in(typed: str) -> str:
    """Read what is sought; what is too long is cut."""
    return typed_text.beginning(typed, most=LONGEST)


def find(every: Iterable[Sender], words: str) -> list[Sender]:
    """Give those that are sought, by their names in the language that holds.

    Every word must occur in a name, in any language, or in the number; case, accents and points do not count.
    """
    sought = fold(words).split()
    fitting = [one for one in every if not sought or _has(one, sought)]
    return sorted(fitting, key=lambda one: (fold(text_of(one.long_names)[0]), one.id))


def page_of(every: Sequence[Sender], typed: str) -> SenderPage:
    """Cut a page out of them; a number that makes no sense leads to the first, one too high to the last."""
    last = max(1, -(-len(every) // AT_ONCE))
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= _DIGITS else 1
    number = min(max(number, 1), last)
    return SenderPage(every[(number - 1) * AT_ONCE : number * AT_ONCE], number, last, len(every))


def _has(sender: Sender, sought: Iterable[str]) -> bool:
    text = fold("\n".join((*sender.long_names.values(), *sender.short_names.values(), sender.id)))
    return all(word in text or word.replace(".", "") in text for word in sought)
