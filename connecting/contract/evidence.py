"""All that a rule may look at: a dataset's samples, what is read of them, and what MAGDA publishes of its service."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from portal.platform.sources.catalogue import Askable, DatasetEntry
from portal.platform.sources.manifest import Magda
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Outcome, Partial, facts_of, name_of
from portal.platform.sources.sampled import Sampled, sample

from .. import samples
from ..contents import content_of, damage_of, names_in_code


class Published(NamedTuple):
    """The folders of MAGDA's published schemas and answers; None where they are not at hand."""

    schemas: Path | None = None
    answers: Path | None = None


class Sample(msgspec.Struct, frozen=True):
    """A sample that could be read as a file: what a citizen would see of it, whoever it is about."""

    file: Path
    outcome: Outcome

    @property
    def data(self) -> bytes:
        """The answer as it came."""
        return self.file.read_bytes()

    @property
    def is_answer(self) -> bool:
        """Whether it holds an answer of the body: no failure that a status says, and no empty one."""
        return not self.file.name.endswith((samples.PROBLEM, samples.EMPTY))


class DatasetEvidence:
    """What is known of one dataset, or of a lookup; each part is read once."""

    def __init__(self, entry: Askable, published: Published = Published()) -> None:  # noqa: B008 - it is frozen
        self.entry = entry
        self.published = published

    @cached_property
    def files(self) -> list[Path]:
        """The dataset's own samples."""
        return samples.answers_of(self.entry)

    @cached_property
    def read(self) -> tuple[list[Sample], list[str]]:
        """The samples that can be read as files, and what is wrong with the others."""
        good, bad = [], []
        for file in self.files:
            try:
                good.append(Sample(file, samples.read_sample(file, self.entry)))
            except (OSError, ValueError, KeyError, TypeError) as error:
                bad.append(f"{file.name} cannot be read: {samples.why(error)}")
        return good, bad

    @property
    def samples(self) -> list[Sample]:
        """The samples that can be read as files."""
        return self.read[0]

    def of(self, *outcomes: str) -> list[Sample]:
        """List the answers that are read as one of these outcomes."""
        return [one for one in self.samples if one.is_answer and name_of(one.outcome) in outcomes]

    @property
    def valid_by_schema(self) -> list[Path]:
        """The samples that a schema speaks of: all that have a body which is JSON or XML at all."""
        bodies = [one for one in self.samples if not one.file.name.endswith(samples.EMPTY)]
        return [one.file for one in bodies if not damage_of(one.data, self.entry)]

    @property
    def facts(self) -> Iterator[Fact]:
        """Every fact of the samples."""
        return (fact for one in self.samples for fact in facts_of(one.outcome))

    @cached_property
    def sampled(self) -> Sampled:
        """The keys and paths of facts in the samples, and in those of what is looked up for the dataset."""
        found = list(self.facts)
        if isinstance(self.entry, DatasetEntry) and self.entry.lookup:
            found += DatasetEvidence(self.entry.lookup).facts
        return sample(found, names_in_code(self.entry.agency.folder))

    @cached_property
    def published_answers(self) -> list[Path]:
        """The published answers of a MAGDA service."""
        if self.published.answers is None or not isinstance(self.entry.service, Magda):
            return []
        return sorted((self.published.answers / samples.path_of(self.entry)).glob("*.xml"))

    @cached_property
    def unread(self) -> frozenset[str]:
        """The places in the samples that nobody reads, which is said of each sample."""
        missing = (part for one in self.samples if isinstance(one.outcome, Partial) for part in one.outcome.missing)
        return frozenset(part.code for part in missing if part.reason == "unread")

    def contents(self) -> Iterator[tuple[Path, Any]]:
        """Yield what the parse function gets of every sample and published answer, each made anew."""
        files = [one.file for one in self.samples if one.is_answer] + self.published_answers
        for file in files:
            content = content_of(file.read_bytes(), self.entry)
            if content is not None:
                yield file, content
