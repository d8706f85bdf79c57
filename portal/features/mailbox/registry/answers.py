"""Which providers answered for somebody's eBox, how each is said, and how much was not read. No I/O."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from portal.platform.sources.reading.outcomes import Down, Outcome, Partial, Ready, is_answer, name_of

from ..types import FEDERATION, EboxMessage, EboxProvider, MessagePage


class ProviderAnswer(NamedTuple):
    """A provider, and what came of asking it."""

    provider: EboxProvider
    outcome: Outcome[MessagePage]

    @property
    def name(self) -> str:
        """Name what came of it, as `data-outcome` does."""
        return name_of(self.outcome)

    @property
    def page(self) -> MessagePage | None:
        """What it gave of the list; None where it gave nothing."""
        return self.outcome.value if isinstance(self.outcome, Ready | Partial) else None

    @property
    def down(self) -> Down | None:
        """Why it could not be asked; None where it was."""
        return self.outcome if isinstance(self.outcome, Down) else None

    @property
    def is_whole(self) -> bool:
        """Whether nothing that it has can be missing."""
        return is_answer(self.outcome) and not isinstance(self.outcome, Partial)


class BoxCount(NamedTuple):
    """How many documents somebody has, and how many were not read. is_least: some may not have been counted."""

    total: int
    unread: int
    is_least: bool


class ProviderAnswers:
    """The answers of a page, as they come."""

    def __init__(self) -> None:
        self._taken: list[ProviderAnswer] = []

    def take(self, provider: EboxProvider, outcome: Outcome[MessagePage]) -> ProviderAnswer:
        """Take one in, and give it as it is shown."""
        answer = ProviderAnswer(provider, outcome)
        self._taken.append(answer)
        return answer

    @property
    def total(self) -> int:
        """Count the providers that were asked, or were to be."""
        return sum(one.provider.id != FEDERATION for one in self._taken)

    @property
    def answered(self) -> int:
        """Count who answered, if only a part or that there is nothing."""
        return sum(is_answer(one.outcome) for one in self._taken)

    @property
    def gaps(self) -> Sequence[ProviderAnswer]:
        """List those of which something may be missing."""
        return [one for one in self._taken if not one.is_whole]

    @property
    def pages(self) -> dict[str, MessagePage]:
        """Give what each gave, by its id."""
        return dict(self._pages())

    @property
    def reported_count(self) -> BoxCount:
        """Add up what each says of the whole eBox there; who says nothing leaves it uncertain."""
        pages = [page for _, page in self._pages()]
        is_least = bool(self.gaps) or any(None in (page.total, page.unread) for page in pages)
        return BoxCount(sum(page.total or 0 for page in pages), sum(page.unread or 0 for page in pages), is_least)

    def count_of(self, whole: Sequence[EboxMessage] | None) -> BoxCount:
        """Count what stands in a list that is whole; else, or where it is empty, what each says of the whole eBox.

        whole: all that people have, without what they hid; None where there may be more than what was read. Providers
        count what is hidden too, which nobody finds who looks for it in the list.
        """
        if not whole or self.gaps:
            return self.reported_count
        return BoxCount(len(whole), sum(not one.is_read for one in whole), is_least=False)

    def unread_count_of(self, whole: Sequence[EboxMessage] | None) -> BoxCount:
        """Count as `count_of` does, in a list of what was not read alone; that there is none counts too."""
        box = self.reported_count
        return box if whole is None or self.gaps else box._replace(unread=len(whole))

    def _pages(self) -> Iterator[tuple[str, MessagePage]]:
        for one in self._taken:
            if one.page is not None:
                yield one.provider.id, one.page
