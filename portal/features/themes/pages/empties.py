"""Collect what is empty on a page of several datasets, for the one line of each group that says so. No I/O."""

from collections.abc import Mapping, Sequence

from portal.platform.sources.reading.outcomes import Nothing

from ..arranging.types import Tile
from ..types import DatasetGroup


class Empties:
    """Collect the datasets of a page that have nothing, until all of their group have answered."""

    def __init__(self, groups: Sequence[DatasetGroup]) -> None:
        self._group_of: Mapping[str, DatasetGroup] = {
            entry.name: group for group in groups for entry in group.entries
        }
        self._waiting = {group.id: len(group.entries) for group in groups}
        self._empty: dict[str, list[Tile]] = {group.id: [] for group in groups}

    def of_group_with(self, tile: Tile) -> tuple[DatasetGroup, Sequence[Tile]]:
        """Take in a tile; return its group, and with the last tile of it all that are empty, in the page's order."""
        group = self._group_of[tile.entry.name]
        self._waiting[group.id] -= 1
        if isinstance(tile.outcome, Nothing):
            self._empty[group.id].append(tile)
        if self._waiting[group.id]:
            return group, ()
        places = [entry.name for entry in group.entries]
        return group, sorted(self._empty[group.id], key=lambda one: places.index(one.entry.name))
