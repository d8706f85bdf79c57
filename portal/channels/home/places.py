"""The places of the home page's cards: what comes into them, and the room that they keep while they wait.

What people see does not move. Of the first moments nothing is seen (home.css), so a card may still give back the room
that it does not fill. After that it keeps it: what comes late stands in the room that waited for it.
"""

from collections.abc import Sequence

from portal.platform.feature.home import Card
from portal.platform.ui.sight import Sight

END = ""  # the place after which nothing else comes into a card


def slot_of(card: str, place: str) -> str:
    """Name the slot of a place."""
    return f"card-{card}-{place or 'end'}"


class Places:
    """The places of one page, of which the frame has just been sent."""

    def __init__(self, cards: Sequence[Card]) -> None:
        # Where nothing has come yet, in their order; and how far what came reaches in it.
        self._open = {card.name: {place: n for n, place in enumerate((*card.places, END))} for card in cards}
        self._reach = dict.fromkeys(self._open, -1)
        self._closed = set[str]()
        self.sight = Sight()

    def is_open(self, card: str, place: str) -> bool:
        """Tell whether something may still come there."""
        return place in self._open.get(card, ())

    def filled(self, card: str, place: str, content: str) -> str:
        """Put what was rendered in its place; the end of a card closes all that is still open in it."""
        at = self._open[card].pop(place, -1)
        shown = f'<div slot="{slot_of(card, place)}">\n{content}</div>\n'
        if place == END:
            return shown + self.closed(card)
        self._reach[card] = max(self._reach[card], at)
        return shown

    def left(self, card: str, place: str) -> str:
        """Let nothing come in a place. One that is seen keeps its room until the card is closed."""
        if self.sight.has_begun:
            return ""
        self._open[card].pop(place, None)
        return _nothing_in(slot_of(card, place))

    def closed(self, card: str) -> str:
        """Let nothing more come in a card. Where something below it is seen, a place keeps its room."""
        if card in self._closed:
            return ""
        self._closed.add(card)
        seen = self.sight.has_begun
        places = [place for place, at in self._open[card].items() if not seen or at > self._reach[card]]
        self._open[card].clear()
        return "".join(_nothing_in(slot_of(card, place)) for place in (places if seen else [*places, "room"]))


def _nothing_in(slot: str) -> str:
    return f'<span slot="{slot}" hidden></span>\n'
