"""Collect the empty datasets of a page, for one line in each group that names them. No I/O."""

from collections.abc import Mapping, Sequence

from portal.platform.sources.reading.outcomes import Nothing

from ..arranging.types import Tile
from ..types import DatasetGroup


class EmptyTiles:
    """The empty tiles of a page, by group, while answers come."""

    def __init__(self, groups: Sequence[DatasetGroup]) -> None:
        self._group_of: Mapping[str, DatasetGroup] = {
            entry.name: group for group in groups for entry in group.entries
        }
        self._waiting = {group.id: len(group.entries) for group in groups}
        self._empty: dict[str, list[Tile]] = {group.id: [] for group in groups}

    def add(self, tile: Tile) -> tuple[DatasetGroup, Sequence[Tile]]:
        """Add a tile; return its group, and all empty tiles of that, in the page's order, if all its tiles came."""
        group = self._group_of[tile.entry.name]
        self._waiting[group.id] -= 1
        if isinstance(tile.outcome, Nothing):
            self._empty[group.id].append(tile)
        if self._waiting[group.id]:
            return group, ()
        places = [entry.name for entry in group.entries]
        return group, sorted(self._empty[group.id], key=lambda tile: places.index(tile.entry.name))
