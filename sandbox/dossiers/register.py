"""Keep the changes of each person's dossiers since the town started."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from sandbox.magda.answers import AnswerTemplate

from .changes import State


@dataclass
class Register:
    """Hold the changes of each person in their order, and who gets which odd answer.

    `versions` counts the changes and oddities of a person, `cleared` how often all was forgotten. The rest is kept
    for speed by `answering`: right answers (`RightAnswer`) and templates with their stamp by person, and an example
    of a mutation by source.
    """

    changes: dict[str, list[State]] = field(default_factory=lambda: defaultdict(list))
    odd: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    cleared: int = 0
    right_answers: dict[str, Any] = field(default_factory=dict)
    templates: dict[str, tuple[object, AnswerTemplate]] = field(default_factory=dict)
    examples: dict[str, etree._Element | None] = field(default_factory=dict)

    def add(self, person: str, state: State) -> None:
        """Add the state of a person's dossier after a change."""
        self.changes[person].append(state)
        self.versions[person] += 1

    def set_oddity(self, person: str, oddity: str) -> None:
        """Give a person this odd answer from now on; the right one when it is empty."""
        if oddity:
            self.odd[person] = oddity
        else:
            self.odd.pop(person, None)
        self.versions[person] += 1

    def clear(self) -> None:
        """Forget all changes and oddities."""
        for person in {*self.changes, *self.odd}:
            self.versions[person] += 1
        self.changes.clear()
        self.odd.clear()
        self.cleared += 1

    def all(self) -> Iterator[tuple[str, State]]:
        """Give each state after a change with its person, grouped by person."""
        for person, states in self.changes.items():
            yield from ((person, state) for state in states)
