"""Draw the history of a dossier: through which phases it went, from left to right, with each change as a dot.

The same stands beside it as a list, so a drawing is for the eye alone.
"""

from collections.abc import Sequence
from typing import NamedTuple

from . import wording
from .types import Change
from .wording import Phase

WIDTH = 320  # of the drawing, in its own units: it scales
ROW = 28
LEFT = 104  # room for the names of phases
MOST = 60  # changes that are drawn; more would be one line


class Dot(NamedTuple):
    """A change in the drawing. is_last: what holds now."""

    x: float
    y: float
    is_last: bool


class Row(NamedTuple):
    """A phase in the drawing: its name in Dutch, and where it stands."""

    title: str
    y: int


class TimelineDrawing(NamedTuple):
    """What is drawn: rows, dots, and the line through the dots. height: in the units of WIDTH."""

    rows: Sequence[Row]
    dots: Sequence[Dot]
    line: str
    height: int


def draw(changes: Sequence[Change]) -> TimelineDrawing | None:
    """Draw changes, given the newest first; None where there is no way to see: one change, or unknown phases."""
    told = [(change, phase) for change in reversed(changes) if (phase := wording.phase_of(change)) is not None]
    if len(told) < 2:
        return None
    told = told[-MOST:]
    phases = [phase for phase in Phase if phase in {phase for _, phase in told}]
    rows = [Row(wording.PHASES[phase], ROW * n + ROW // 2) for n, phase in enumerate(phases)]
    step = (WIDTH - LEFT - 16) / (len(told) - 1)
    dots = [
        Dot(round(LEFT + 4 + n * step, 1), rows[phases.index(phase)].y, n == len(told) - 1)
        for n, (_, phase) in enumerate(told)
    ]
    return TimelineDrawing(rows, dots, " ".join(f"{dot.x},{dot.y}" for dot in dots), ROW * len(rows))
