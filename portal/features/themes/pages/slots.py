"""Which slots of a page keep the room in which they waited, though nothing came. No I/O.

What people see does not move. In its first moments a page is not seen, so a dataset that has nothing gives its room
back. After that it keeps it where it may be in sight: in the first slots of the page, of those that are still there.
Below these the room is given back, or a page would be mostly empty boxes. The next load of the page has no such room:
its answers are kept, and come before it is seen.
"""

from collections.abc import Sequence

from portal.platform.ui.sight import Sight

from ..types import DatasetGroup

IN_SIGHT = 5  # slots: on a desk the first two rows, or one and what is below it; on a phone more than its screen


class TileSlots:
    """The slots of one page, of which the frame has just been sent."""

    def __init__(self, groups: Sequence[DatasetGroup]) -> None:
        self._there = [entry.name for group in groups for entry in group.entries]
        self._sight, self._are_seen = Sight(), False

    def mark_seen(self) -> str:
        """Give the mark that people see the page from now on, once."""
        mark = self._sight.mark()
        self._are_seen |= bool(mark)
        return mark

    def keeps(self, name: str) -> bool:
        """Tell whether the slot of a dataset that has nothing keeps its room; one that does not is gone."""
        if self._are_seen and name in self._there[:IN_SIGHT]:
            return True
        self._there.remove(name)
        return False
