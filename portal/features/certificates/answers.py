"""Which bodies answered the question what they offer, and which gave no answer, or part of one; no I/O."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from portal.platform.sources.catalogue import Agency
from portal.platform.sources.reading.outcomes import Outcome, Partial, Ready, is_answer, name_of

from .types import Offers


class SourceGap(NamedTuple):
    """A body that did not answer, or not whole. name: the outcome (`name_of`); reason: of a Down, or ""."""

    name: str
    reason: str
    agency: Agency


class SourceAnswers:
    """The outcomes of one page, in the order in which they come."""

    def __init__(self) -> None:
        self._outcomes: list[tuple[Agency, Outcome[Offers]]] = []

    def add(self, agency: Agency, outcome: Outcome[Offers]) -> None:
        """Add an outcome of a body."""
        self._outcomes.append((agency, outcome))

    @property
    def looked_at(self) -> int:
        """Count the outcomes."""
        return len(self._outcomes)

    @property
    def answered(self) -> int:
        """Count the outcomes that are an answer, also one that there is nothing."""
        return sum(is_answer(outcome) for _, outcome in self._outcomes)

    @property
    def gaps(self) -> Sequence[SourceGap]:
        """List the bodies that did not answer, or not whole."""
        return list(self._gaps())

    def _gaps(self) -> Iterator[SourceGap]:
        for agency, outcome in self._outcomes:
            if isinstance(outcome, Partial) or not is_answer(outcome) or _left_out(outcome):
                yield SourceGap(name_of(outcome), getattr(outcome, "reason", ""), agency)


def _left_out(outcome: Outcome[Any]) -> int:
    """Count the items of a list that could not be read."""
    return outcome.value.left_out if isinstance(outcome, Ready | Partial) else 0
