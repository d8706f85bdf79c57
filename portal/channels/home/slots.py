"""The slots of the home page's cards: what comes into them, and the room that they keep while they wait.

What people see does not move. Of the first moments nothing is seen (home.css), so a card may still give back the room
that it does not fill. After that it keeps it: what comes late stands in the room that waited for it.
"""

from collections.abc import Sequence

from portal.platform.feature.home import Card
from portal.platform.ui.sight import Sight

END = ""  # the slot after which nothing else comes into a card


def slot_name(card: str, slot: str) -> str:
    """Name a slot of a card as the whole page knows it."""
    return f"card-{card}-{slot or 'end'}"


class CardSlots:
    """The slots of one page, of which the frame has just been sent."""

    def __init__(self, cards: Sequence[Card]) -> None:
        # Where nothing has come yet, in their order; and how far what came reaches in it.
        self._open = {card.name: {slot: n for n, slot in enumerate((*card.slots, END))} for card in cards}
        self._reach = dict.fromkeys(self._open, -1)
        self._closed = set[str]()
        self.sight = Sight()

    def is_open(self, card: str, slot: str) -> bool:
        """Tell whether something may still come there."""
        return slot in self._open.get(card, ())

    def fill(self, card: str, slot: str, content: str) -> str:
        """Put what was rendered in its slot; the end of a card closes all that is still open in it."""
        at = self._open[card].pop(slot, -1)
        shown = f'<div slot="{slot_name(card, slot)}">\n{content}</div>\n'
        if slot == END:
            return shown + self.close(card)
        self._reach[card] = max(self._reach[card], at)
        return shown

    def leave_empty(self, card: str, slot: str) -> str:
        """Let nothing come in a slot. One that is seen keeps its room until the card is closed."""
        if self.sight.has_begun:
            return ""
        self._open[card].pop(slot, None)
        return _nothing_in(slot_name(card, slot))

    def close(self, card: str) -> str:
        """Let nothing more come in a card. Where something below it is seen, a slot keeps its room."""
        if card in self._closed:
            return ""
        self._closed.add(card)
        seen = self.sight.has_begun
        slots = [slot for slot, at in self._open[card].items() if not seen or at > self._reach[card]]
        self._open[card].clear()
        return "".join(_nothing_in(slot_name(card, slot)) for slot in (slots if seen else [*slots, "room"]))


def _nothing_in(slot: str) -> str:
    return f'<span slot="{slot}" hidden></span>\n'
