"""Keep what was changed about each person's dossiers since the town started."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from sandbox.magda.answers import Mould

from .changes import State


@dataclass
class Register:
    """Hold the changes of each person in the order in which they came, and who gets an odd answer.

    `versions` counts what happened to a person, `cleared` how often all was forgotten. The rest is what was made of
    it: answers by person (`answering.Standing`) and how they are sent, and a mutation of each source.
    """

    changes: dict[str, list[State]] = field(default_factory=lambda: defaultdict(list))
    odd: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    cleared: int = 0
    standing: dict[str, Any] = field(default_factory=dict)
    moulds: dict[str, tuple[object, Mould]] = field(default_factory=dict)
    examples: dict[str, etree._Element | None] = field(default_factory=dict)

    def add(self, person: str, state: State) -> None:
        """Add how a dossier of a person stands now."""
        self.changes[person].append(state)
        self.versions[person] += 1

    def turn(self, person: str, oddity: str) -> None:
        """Let a person's answers be odd from now on; not any more when it is empty."""
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
        """List the changes by person."""
        for person, states in self.changes.items():
            yield from ((person, state) for state in states)
