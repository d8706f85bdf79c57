"""All that a rule may use: a dataset's samples, what is read of them, and what MAGDA publishes about its service."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from portal.platform.sources.catalogue import Askable, DatasetEntry
from portal.platform.sources.manifest import Magda
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Outcome, Partial, facts_of, name_of
from portal.platform.sources.sampled import SampleNames, collect_names

from .. import samples
from ..contents import content_of, damage_of, names_in_code


class PublishedFolders(NamedTuple):
    """Hold the folders of MAGDA's published schemas and answers; None where they are not at hand.

    The answers of a service stand in `domain/service/version/*.xml` below theirs.
    """

    schemas: Path | None = None
    answers: Path | None = None


class Sample(msgspec.Struct, frozen=True):
    """Hold a sample and its outcome, which is read without a check of whom it is about (`people` checks that)."""

    file: Path
    outcome: Outcome

    @property
    def data(self) -> bytes:
        """Give the bytes of the file."""
        return self.file.read_bytes()

    @property
    def is_answer(self) -> bool:
        """Tell by its name whether the file is an answer: no failure and no "no data" of a JSON service.

        Every sample of MAGDA is one.
        """
        return not self.file.name.endswith((samples.PROBLEM, samples.EMPTY))


class DatasetEvidence:
    """Hold what is known of one dataset, or of a lookup.

    The samples are read into outcomes once; their bytes (`data`, `with_content`, `contents`) are read at each use.
    """

    def __init__(self, entry: Askable, published: PublishedFolders = PublishedFolders()) -> None:  # noqa: B008 - it is frozen
        self.entry = entry
        self.published = published

    @cached_property
    def files(self) -> list[Path]:
        """List the files of the dataset's samples."""
        return samples.answers_of(self.entry)

    @cached_property
    def read(self) -> tuple[list[Sample], list[str]]:
        """Give the samples whose files can be read, and a sentence for each other file."""
        good, bad = [], []
        for file in self.files:
            try:
                good.append(Sample(file, samples.read_sample(file, self.entry)))
            except (OSError, ValueError, KeyError, TypeError) as error:
                bad.append(f"{file.name} cannot be read: {samples.reason_of(error)}")
        return good, bad

    @property
    def samples(self) -> list[Sample]:
        """List the samples whose files can be read."""
        return self.read[0]

    def read_as(self, *outcomes: str) -> list[Sample]:
        """List the samples with an answer that is read as one of these outcomes (`outcomes.name_of`)."""
        return [it for it in self.samples if it.is_answer and name_of(it.outcome) in outcomes]

    @property
    def with_content(self) -> list[Path]:
        """List the files that can be checked against a schema: those that hold whole JSON or XML, also failures."""
        filled = [it for it in self.samples if not it.file.name.endswith(samples.EMPTY)]
        return [it.file for it in filled if not damage_of(it.data, self.entry)]

    @property
    def facts(self) -> Iterator[Fact]:
        """Give every fact of the samples."""
        return (fact for it in self.samples for fact in facts_of(it.outcome))

    @cached_property
    def sampled(self) -> SampleNames:
        """Give the keys and paths of facts in the samples of the dataset and of its lookup, and the names in code.

        The code is that of the whole body: it names facts that few people have, and no sample holds.
        """
        facts = list(self.facts)
        if isinstance(self.entry, DatasetEntry) and self.entry.lookup:
            facts += DatasetEvidence(self.entry.lookup).facts
        return collect_names(facts, names_in_code(self.entry.agency.folder))

    @cached_property
    def published_answers(self) -> list[Path]:
        """List the files of published answers of the MAGDA service."""
        if self.published.answers is None or not isinstance(self.entry.service, Magda):
            return []
        return sorted((self.published.answers / samples.path_of(self.entry)).glob("*.xml"))

    @cached_property
    def unread(self) -> frozenset[str]:
        """Give the places in the samples that nothing reads; `readings.is_read_whole` reports them."""
        missing = (part for it in self.samples if isinstance(it.outcome, Partial) for part in it.outcome.missing)
        return frozenset(part.code for part in missing if part.reason == "unread")

    def contents(self) -> Iterator[tuple[Path, Any]]:
        """Give what the parse function gets of every sample and published answer, parsed anew at each call.

        Each comes with its file: an Element for MAGDA, a dict for JSON (`content_of`); files without are left out.
        """
        files = [it.file for it in self.samples if it.is_answer] + self.published_answers
        for file in files:
            content = content_of(file.read_bytes(), self.entry)
            if content is not None:
                yield file, content
