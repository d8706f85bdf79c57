"""What features bring to the home page of whoever is signed in: cards that fill, and what asks for attention.

The page knows no feature: it shows the cards of every block in their order, sends each piece into its slot as it
comes, and lays what asks for attention on top.
"""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Any

import msgspec

from portal.platform.kit.unprinted import Unprinted

SECONDS = 2.0  # that the page waits for a block which says nothing else


class Card(msgspec.Struct, frozen=True):
    """A card as the page has it before anything is known. All words are Dutch.

    name:    small letters, digits and hyphens; no other card has it.
    href:    where its door leads, "" for none; door: the words of that link.
    waiting: what stands in it until its end came.
    slots:   names of what may come in it, in their order; shown: how many of those keep room while they wait.
    icon:    one of `ui/icons`, or "". colour: the id of a theme, or "".
    """

    name: str
    title: str
    href: str = ""
    door: str = ""
    waiting: str = ""
    slots: tuple[str, ...] = ()
    shown: int = 0
    icon: str = ""
    colour: str = ""


class Piece(Unprinted, frozen=True):
    """What comes in a slot of a card: the values of the block's template, or None when nothing comes there.

    slot: "" is the card's end, after which nothing else comes into it. card: "" is the closing line of the page.
    Never printed.
    """

    card: str
    slot: str
    content: Mapping[str, Any] | None


class Rule(msgspec.Struct, frozen=True):
    """A rule by which something asks for attention.

    id: FEATURE.RULE; why: Dutch, says what it goes by. is_last: what it finds stands below all else that asks for
    attention, because it is known only when everything was looked at.
    """

    id: str
    why: str
    is_last: bool = False


class Signal(Unprinted, frozen=True):
    """Something that asks for attention, as a rule found it; its words in the language that holds. Never printed.

    cause:  what it is due to. Who does not want to see it any more does not see it while that stays the same.
    title:  what is the matter, in one line; what: what one can do about it.
    href:   where one does that, "" for nowhere; label: the words of that link.
    again:  the datasets that a button asks anew (`?opnieuw=`).
    tells_gap: it says that not all could be looked at, so that the page need not say so again.
    """

    rule: str
    cause: str
    title: str
    what: str = ""
    href: str = ""
    label: str = ""
    again: tuple[str, ...] = ()
    tells_gap: bool = False


class Gap(msgspec.Struct, frozen=True):
    """Not all could be looked at: the page does not say that there is nothing to do."""


type BlockFinding = Piece | Signal | Gap


class Block(msgspec.Struct, frozen=True):
    """What a feature brings to the home page.

    name:     of the block itself: small letters, digits and hyphens.
    order:    the lowest comes first; blocks of the same order stand as their features do.
    found:    for the request of somebody signed in (`access.types.SignedInRequest`, which this room cannot name),
              what it finds, as it finds it. Whatever it raises, and what it has not found in time, is contained.
    template: what its pieces are rendered with, "" when it has no cards.
    cards:    gives its cards, in order; nobody is asked anything for it.
    rules:    by which its signals are judged, in the order of the page.
    unasked:  Dutch: what could not be looked at when it failed, as the end of "Dit konden wij niet nakijken: ".
    seconds:  that the page waits for it.
    """

    name: str
    order: int
    found: Callable[[Any], AsyncGenerator[BlockFinding]]
    unasked: str
    template: str = ""
    cards: Callable[[], Sequence[Card]] = tuple
    rules: Sequence[Rule] = ()
    seconds: float = SECONDS
