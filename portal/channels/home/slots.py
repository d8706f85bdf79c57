"""The slots of the home page's cards: what comes into them, and the space that they keep while they wait.

What people see must not move. In the first moments home.css hides the cards, so that a slot may still give up its
space when nothing comes into it. Later it keeps its space, and what comes late fills it.
"""

from collections.abc import Sequence

from portal.platform.feature.home import Card
from portal.platform.ui.sight import Sight

END = ""  # the last slot of a card; filling it closes the card


def slot_name(card: str, slot: str) -> str:
    """Give the name of a slot in the HTML of the whole page."""
    return f"card-{card}-{slot or 'end'}"


class CardSlots:
    """The slots of one page, of which the frame has just been sent."""

    def __init__(self, cards: Sequence[Card]) -> None:
        # By card: the slots that nothing came into yet, with their positions; and the position of the last filled
        # slot.
        self._open = {card.name: {slot: n for n, slot in enumerate((*card.slots, END))} for card in cards}
        self._reach = dict.fromkeys(self._open, -1)
        self._closed = set[str]()
        self.sight = Sight()

    def is_open(self, card: str, slot: str) -> bool:
        """Tell whether something may still come into a slot."""
        return slot in self._open.get(card, ())

    def fill(self, card: str, slot: str, content: str) -> str:
        """Give the HTML that fills a slot; filling END also closes the card."""
        at = self._open[card].pop(slot, -1)
        filled = f'<div slot="{slot_name(card, slot)}">\n{content}</div>\n'
        if slot == END:
            return filled + self.close(card)
        self._reach[card] = max(self._reach[card], at)
        return filled

    def leave_empty(self, card: str, slot: str) -> str:
        """Give the HTML that empties a slot for which nothing comes; once cards are visible, it keeps its space until
        `close`.
        """
        if self.sight.has_begun:
            return ""
        self._open[card].pop(slot, None)
        return _nothing_in(slot_name(card, slot))

    def close(self, card: str) -> str:
        """Give the HTML that empties the open slots of a card; once it is visible, only those below the last filled
        slot.
        """
        if card in self._closed:
            return ""
        self._closed.add(card)
        seen = self.sight.has_begun
        slots = [slot for slot, at in self._open[card].items() if not seen or at > self._reach[card]]
        self._open[card].clear()
        return "".join(_nothing_in(slot_name(card, slot)) for slot in (slots if seen else [*slots, "room"]))


def _nothing_in(slot: str) -> str:
    return f'<span slot="{slot}" hidden></span>\n'
