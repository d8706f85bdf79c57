"""Which bodies answered the question what they offer, and which gave no answer, or part of one; no I/O."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from portal.platform.sources.catalogue import Agency
from portal.platform.sources.reading.outcomes import Outcome, Partial, Ready, is_answer, name_of

from .types import Offers


class SourceGap(NamedTuple):
    """A body that did not answer, or not whole. name: the outcome (`name_of`); reason: of a Down, or ""."""

    name: str
    reason: str
    agency: Agency

    @property
    def sentence(self) -> str:
        """Say in the current language what is missing."""
        words = self.agency.words
        if self.name == "late":
            template = _("%(source)s antwoordt traag. Wij wachten niet langer, zodat u verder kunt.")
            return template % {"source": words.opening}
        if self.reason == "assurance":
            template = _(
                "Voor wat %(source)s voor u heeft, moet u sterker aangemeld zijn: met itsme of eID en kaartlezer."
            )
        elif self.name == "down":
            template = _(
                "Wij konden nu niet opvragen wat %(source)s voor u heeft. Dat betekent niet dat er niets is."
            )
        else:
            template = _("Van %(source)s konden wij niet alles lezen.")
        return template % {"source": words.mention}


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
