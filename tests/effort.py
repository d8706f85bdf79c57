"""How much work something is: counted where it is Python, the same on every machine.

What is done in C can only be timed. Processor time is never too short, and on a busy machine often too long: so what
is timed counts as out of proportion only when it never once was in proportion.
"""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def lines_of(act: Callable[[], object]) -> int:
    """Count the lines of Python that it executes, each as often as it does."""
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


LENGTHS = 4  # how many times longer the long one is
MOST_TIMES = 8.0  # between the 4 of what grows with the length and the 16 of what grows with its square
A_MOMENT = 0.2  # seconds of processor, which hold nobody up
TRIES = 12


class Proportion:
    """What the shortest times say that something took at one length, and at four times that."""

    def __init__(self) -> None:
        self.short = self.long = float("inf")
        self.tries = 0

    @property
    def is_kept(self) -> bool:
        """Tell whether the long one took a moment, or no more than it is longer."""
        return self.long <= A_MOMENT or self.long <= MOST_TIMES * self.short < float("inf")

    @property
    def is_open(self) -> bool:
        """Tell whether another try may still find it kept."""
        return not self.is_kept and self.tries < TRIES

    def take(self, short: float, long: float) -> None:
        """Take what one try took, in seconds of processor."""
        self.short, self.long = min(self.short, short), min(self.long, long)
        self.tries += 1

    def of(self, short: Callable[[], float], long: Callable[[], float]) -> "Proportion":
        """Try until it is kept, or never was; each gives the seconds that it took."""
        self.take(float("inf"), long())
        while self.is_open:
            self.take(short(), long())
        return self

    def __str__(self) -> str:
        """Say what is wrong; "" when nothing is."""
        return "" if self.is_kept else f"{self.short * 1000:.0f} ms, {self.long * 1000:.0f} ms"
