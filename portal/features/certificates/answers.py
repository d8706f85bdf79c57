"""Which bodies answered what they offer, and what is said of those that did not, or not all of it."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from portal.platform.sources.catalogue import Agency
from portal.platform.sources.reading.outcomes import Outcome, Partial, Ready, is_answer, name_of

from .types import Offers


class SourceGap(NamedTuple):
    """A body of which not all came: which outcome, and the words by which it is called."""

    name: str
    reason: str
    agency: Agency


class SourceAnswers:
    """The outcomes of a page, as they come."""

    def __init__(self) -> None:
        self._taken: list[tuple[Agency, Outcome[Offers]]] = []

    def take(self, agency: Agency, outcome: Outcome[Offers]) -> None:
        """Take one in."""
        self._taken.append((agency, outcome))

    @property
    def looked_at(self) -> int:
        """Count what was looked at."""
        return len(self._taken)

    @property
    def answered(self) -> int:
        """Count what answered, if only that there is nothing."""
        return sum(is_answer(outcome) for _, outcome in self._taken)

    @property
    def gaps(self) -> Sequence[SourceGap]:
        """List what did not answer, or not whole."""
        return list(self._gaps())

    def _gaps(self) -> Iterator[SourceGap]:
        for agency, outcome in self._taken:
            if isinstance(outcome, Partial) or not is_answer(outcome) or _left_out(outcome):
                yield SourceGap(name_of(outcome), getattr(outcome, "reason", ""), agency)


def _left_out(outcome: Outcome[Any]) -> int:
    """Tell how many of a list nobody here can make anything of."""
    return outcome.value.left_out if isinstance(outcome, Ready | Partial) else 0
