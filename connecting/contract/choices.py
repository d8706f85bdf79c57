"""Choose how to damage an answer: `check_agencies` chooses by chance from a seed, tests let hypothesis choose."""

import random
from collections.abc import Sequence
from typing import Protocol


class Choices(Protocol):
    """The choices that a rule of `damage` asks for."""

    def one_of[T](self, several: Sequence[T]) -> T:
        """Choose one of several; there is at least one."""

    def between(self, least: int, most: int) -> int:
        """Choose a whole number, both ends included."""


class ByChance:
    """Choose by chance, each time the same from the same seed."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311 - no secret is made of it

    def one_of[T](self, several: Sequence[T]) -> T:
        """Choose one of several."""
        return self._random.choice(several)

    def between(self, least: int, most: int) -> int:
        """Choose a whole number, both ends included."""
        return self._random.randint(least, most)
