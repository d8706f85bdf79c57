"""The answers of providers to one question for a citizen's messages, collected for a page as they arrive. No I/O."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from portal.platform.sources.reading.outcomes import Down, Outcome, Partial, Ready, is_answer, name_of

from ..types import FEDERATION, EboxMessage, EboxProvider, MessagePage


class ProviderAnswer(NamedTuple):
    """A provider, and the outcome of asking it for messages."""

    provider: EboxProvider
    outcome: Outcome[MessagePage]

    @property
    def name(self) -> str:
        """The name of the outcome ("ready", "late", …), which stands in `data-outcome` of the page."""
        return name_of(self.outcome)

    @property
    def page(self) -> MessagePage | None:
        """The messages that it gave; None for an outcome without any."""
        return self.outcome.value if isinstance(self.outcome, Ready | Partial) else None

    @property
    def down(self) -> Down | None:
        """Why it could not be asked; None where it was asked."""
        return self.outcome if isinstance(self.outcome, Down) else None

    @property
    def is_whole(self) -> bool:
        """Whether the answer lacks nothing that the provider has."""
        return is_answer(self.outcome) and not isinstance(self.outcome, Partial)


class BoxCount(NamedTuple):
    """How many documents a citizen has, and how many of those are unread. is_least: there may be more."""

    total: int
    unread: int
    is_least: bool


class ProviderAnswers:
    """The answers of all providers to one question, so far."""

    def __init__(self) -> None:
        self._answers: list[ProviderAnswer] = []

    def take(self, provider: EboxProvider, outcome: Outcome[MessagePage]) -> ProviderAnswer:
        """Add an outcome; return it with its provider, to be shown."""
        answer = ProviderAnswer(provider, outcome)
        self._answers.append(answer)
        return answer

    @property
    def total(self) -> int:
        """Count the providers, asked or not; the federation itself is none."""
        return sum(one.provider.id != FEDERATION for one in self._answers)

    @property
    def answered(self) -> int:
        """Count the providers that answered, also in part, or that there is nothing."""
        return sum(is_answer(one.outcome) for one in self._answers)

    @property
    def gaps(self) -> Sequence[ProviderAnswer]:
        """List the answers that lack something, or may."""
        return [one for one in self._answers if not one.is_whole]

    @property
    def pages(self) -> dict[str, MessagePage]:
        """Give the messages of each provider that gave any, by the provider's id."""
        return dict(self._pages())

    @property
    def reported_count(self) -> BoxCount:
        """Add up the counts that providers give of a citizen's whole eBox; where one is missing, it is a minimum."""
        pages = [page for _, page in self._pages()]
        is_least = bool(self.gaps) or any(None in (page.total, page.unread) for page in pages)
        return BoxCount(sum(page.total or 0 for page in pages), sum(page.unread or 0 for page in pages), is_least)

    def count_of(self, whole: Sequence[EboxMessage] | None) -> BoxCount:
        """Count the documents of a list that is whole and not empty; else give `reported_count`.

        whole: all documents of a citizen but the hidden ones; None for a list that may go on. It comes first because
        providers count hidden documents too, which the citizen would look for in vain.
        """
        if not whole or self.gaps:
            return self.reported_count
        return BoxCount(len(whole), sum(not one.is_read for one in whole), is_least=False)

    def unread_count_of(self, whole: Sequence[EboxMessage] | None) -> BoxCount:
        """Give `reported_count`, with the length of a whole list of unread documents as its number of unread ones.

        whole: as in `count_of`, of unread documents only; an empty list counts too.
        """
        box = self.reported_count
        return box if whole is None or self.gaps else box._replace(unread=len(whole))

    def _pages(self) -> Iterator[tuple[str, MessagePage]]:
        for one in self._answers:
            if one.page is not None:
                yield one.provider.id, one.page
