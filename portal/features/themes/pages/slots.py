"""Decide which slots of a page keep the room of their waiting tile when their dataset is empty. No I/O.

What people see must not move. In its first moments nobody sees a page, so the slot of an empty dataset goes. After
that it keeps its room where it may be in sight: among the first slots of the page that are still there. Below these
it goes, or a page would be mostly empty boxes. The next load of the page has no such slots: answers that the session
kept come before the page is seen.
"""

from collections.abc import Sequence

from portal.platform.ui.sight import Sight

from ..types import DatasetGroup

IN_SIGHT = 5  # slots: about two rows on a wide screen, more than a whole screen on a phone


class TileSlots:
    """The slots of one page whose frame was just sent."""

    def __init__(self, groups: Sequence[DatasetGroup]) -> None:
        self._there = [entry.name for group in groups for entry in group.entries]
        self._sight, self._are_seen = Sight(), False

    def mark_seen(self) -> str:
        """Give the markup that shows that people see the page from now on (`ui.sight`), once; "" before and after."""
        mark = self._sight.mark()
        self._are_seen |= bool(mark)
        return mark

    def keeps(self, name: str) -> bool:
        """Tell whether the slot of an empty dataset keeps its room; one that does not is gone from the page."""
        if self._are_seen and name in self._there[:IN_SIGHT]:
            return True
        self._there.remove(name)
        return False
