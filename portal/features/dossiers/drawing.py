"""Draw the history of a dossier: a row for each phase, and from left to right a dot for each change.

The page has the same history as a list, so that the drawing is hidden from screen readers.
"""

from collections.abc import Sequence
from typing import NamedTuple

from . import wording
from .types import Change
from .wording import Phase

WIDTH = 320  # of the drawing, in units of its SVG
ROW = 28  # the height of a row
LEFT = 104  # the width of the names of phases
MOST = 60  # changes that are drawn, the newest: the dots of more would touch


class Dot(NamedTuple):
    """A change in the drawing. is_last: what holds now."""

    x: float
    y: float
    is_last: bool


class PhaseRow(NamedTuple):
    """A phase in the drawing: its name in Dutch, and the middle of its row."""

    title: str
    y: int


class TimelineDrawing(NamedTuple):
    """What is drawn: rows, dots, and the line through the dots. height: in the units of WIDTH."""

    rows: Sequence[PhaseRow]
    dots: Sequence[Dot]
    line: str
    height: int


def draw(changes: Sequence[Change]) -> TimelineDrawing | None:
    """Draw changes, given the newest first; None where fewer than two are in a phase that we know."""
    known = [(change, phase) for change in reversed(changes) if (phase := wording.phase_of(change)) is not None]
    if len(known) < 2:
        return None
    known = known[-MOST:]
    phases = [phase for phase in Phase if phase in {phase for _, phase in known}]
    rows = [PhaseRow(wording.PHASES[phase], ROW * n + ROW // 2) for n, phase in enumerate(phases)]
    step = (WIDTH - LEFT - 16) / (len(known) - 1)
    dots = [
        Dot(round(LEFT + 4 + n * step, 1), rows[phases.index(phase)].y, n == len(known) - 1)
        for n, (_, phase) in enumerate(known)
    ]
    return TimelineDrawing(rows, dots, " ".join(f"{dot.x},{dot.y}" for dot in dots), ROW * len(rows))
