"""The nouns with which features contribute to the home page of whoever is signed in: cards, and signals (decision
0024).

The page (`channels.home`) knows no feature: it shows the cards of every block in their order, sends each piece into
its slot as it comes, and puts the signals, which ask for attention, on top.
"""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Any

import msgspec

from portal.platform.kit.unprinted import Unprinted

SECONDS = 2.0  # that the page waits for a block which says nothing else


class Card(msgspec.Struct, frozen=True):
    """A card as the page shows it before anything is known. All words are Dutch.

    name:    small letters, digits and hyphens; no other card has it.
    href:    where its link leads, "" for none; door: the words of that link.
    waiting: the text in it until its last piece has come.
    slots:   names of its slots, in order; shown: how many of those keep room while they wait.
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
    """The content of a slot of a card. Never printed.

    card: its name; "" is the closing line of the page. slot: its name; "" is the end of the card, after which nothing
    else comes into it. content: the values of the block's template, None when the slot stays empty.
    """

    card: str
    slot: str
    content: Mapping[str, Any] | None


class Rule(msgspec.Struct, frozen=True):
    """A rule by which something asks for attention.

    id: FEATURE.RULE. why: Dutch, the criterion. is_last: its signals stand below all others, because they are known
    only when everything was looked at.
    """

    id: str
    why: str
    is_last: bool = False


class Signal(Unprinted, frozen=True):
    """Something that asks for attention, as a rule found it; its words in the language of the request. Never printed.

    rule:   the id of the rule.
    cause:  identifies what it is due to. Whoever dismissed the signal does not see it again with the same cause.
    title:  what is the matter, in one line; what: what one can do about it.
    href:   where one does that, "" for nowhere; label: the words of that link.
    again:  the datasets that a button asks anew (`?opnieuw=`).
    tells_gap: whether it says that its block could not look at everything, so that the page need not say so again.
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
    """A finding that not all could be looked at: the page then does not say that there is nothing to do."""


type BlockFinding = Piece | Signal | Gap


class Block(msgspec.Struct, frozen=True):
    """The contribution of a feature to the home page.

    name:     of the block itself: small letters, digits and hyphens.
    order:    the lowest comes first; blocks of the same order stand as their features do.
    find:     yields its findings as they come, for the request of somebody signed in (`access.types.SignedInRequest`,
              which this room cannot name). The page survives its errors, and does not wait for late findings.
    template: renders its pieces; "" when it has no cards.
    cards:    gives its cards, in order; asks no source.
    rules:    those of its signals, in the order of the page.
    unasked:  Dutch: what could not be looked at when it failed, as the end of "Dit konden wij niet nakijken: ".
    seconds:  that the page waits for it.
    """

    name: str
    order: int
    find: Callable[[Any], AsyncGenerator[BlockFinding]]
    unasked: str
    template: str = ""
    cards: Callable[[], Sequence[Card]] = tuple
    rules: Sequence[Rule] = ()
    seconds: float = SECONDS
