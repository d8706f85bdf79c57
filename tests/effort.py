"""Measure how much work something is: counted in lines where it is Python, the same on every machine.

Work in C can only be timed. A measured processor time is never too short, and on a busy machine often too long: so a
growth counts as out of proportion only when no try was in proportion.
"""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def lines_of(act: Callable[[], object]) -> int:
    """Count the lines of Python that `act` executes, each as often as it does."""
    lines = 0

    def note(_: FrameType, event: str, __: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        return note

    before = sys.gettrace()
    sys.settrace(note)
    try:
        act()
    finally:
        sys.settrace(before)
    return lines


LENGTHS = 4  # how many times longer the long input is
MOST_TIMES = 8.0  # between 4 (linear growth) and 16 (quadratic growth)
A_MOMENT = 0.2  # seconds of processor time, which are no problem whatever the growth
TRIES = 12


class Proportion:
    """The shortest processor times that something took, in seconds: at one length, and at LENGTHS times that."""

    def __init__(self) -> None:
        self.short = self.long = float("inf")
        self.tries = 0

    @property
    def is_kept(self) -> bool:
        """Tell whether the long input took at most A_MOMENT, or at most MOST_TIMES as long as the short one."""
        return self.long <= A_MOMENT or self.long <= MOST_TIMES * self.short < float("inf")

    @property
    def is_open(self) -> bool:
        """Tell whether another try may still find it kept."""
        return not self.is_kept and self.tries < TRIES

    def take(self, short: float, long: float) -> None:
        """Note the processor times of one try, in seconds."""
        self.short, self.long = min(self.short, short), min(self.long, long)
        self.tries += 1

    def of(self, short: Callable[[], float], long: Callable[[], float]) -> "Proportion":
        """Try until the proportion is kept, or all tries are used. short, long: run once, and give the seconds."""
        self.take(float("inf"), long())
        while self.is_open:
            self.take(short(), long())
        return self

    def __str__(self) -> str:
        """Say what is wrong; "" when nothing is."""
        return "" if self.is_kept else f"{self.short * 1000:.0f} ms, {self.long * 1000:.0f} ms"
