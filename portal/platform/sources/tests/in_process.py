"""A transport in this process, and datasets that ask it."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec

from portal.platform.sources import datasets, fetch
from portal.platform.sources.catalogue import Agency, DatasetEntry, LookupEntry, SourceQuestion
from portal.platform.sources.fetch import PageRequest
from portal.platform.sources.inquiry import Inquiry, InquiryOutcome
from portal.platform.sources.manifest import Dataset, Lookup, Magda, Maintenance, Manifest
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Facts, Late, Outcome, Ready
from portal.platform.sources.transports.answer import AnswerText

from . import town
from .town import NUMBER, receipt

THEN = datetime(2026, 3, 3, tzinfo=UTC)
FISH = Fact("fish", "Vis", "Snoek", "text", "Vangst/Vis")


class Source:
    """A transport in this process: what it brings home or reads for each source, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self.is_asked = asyncio.Event()
        self.given_up: list[str] = []
        self.trouble: dict[str, Down | Exception] = {}
        self.hangs: set[str] = set()
        self.reads: dict[str, Outcome] = {}

    async def ask(self, question: SourceQuestion, values: Mapping[str, str], *, sent: list[str]) -> AnswerText | Down:
        sent.append(f"reference-{len(self.asked)}")
        self.asked.append((question.source, values))
        self.is_asked.set()
        try:
            if question.source in self.hangs:
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.given_up.append(question.source)
            raise
        trouble = self.trouble.get(question.source)
        if isinstance(trouble, Exception):
            raise trouble
        return trouble or AnswerText(b"", None, THEN)

    def read(self, answer: AnswerText, inquiry: Inquiry[Any, Any], about: str | None) -> Outcome:
        return self.reads.get(f"{inquiry.name}:{about}", self.reads.get(inquiry.name, Ready((FISH,), THEN)))

    @property
    def sources(self) -> list[str]:
        return [source for source, _ in self.asked]


def maker(folder: Path) -> Callable[..., DatasetEntry]:
    """Give a maker of datasets. Gates live as long as the worker, so every test has sources of its own."""
    (folder / "requests").mkdir()
    (folder / "requests" / "q.xml").write_text("<Inhoud>${insz}</Inhoud>")
    (folder / "requests" / "other.xml").write_text("<Inhoud>${value}</Inhoud>")
    mark = uuid4().hex[:8]

    def entry(name: str, source: str = "", *, maintenance: tuple[Maintenance, ...] = (), **own: Any) -> DatasetEntry:
        dataset = Dataset(
            id=name,
            title=name,
            source=f"{source or name}-{mark}",
            transport="magda",
            parse="parse",
            legal_basis="-",
            magda=Magda("Natuur", "GeefVangsten", "01.00.0000", "urn:vangsten", "q.xml"),
        )
        here = [msgspec.structs.replace(time, source=dataset.source) for time in maintenance]
        agency = Agency("town", Manifest("Stadsbestuur", "https://town.example", maintenance=tuple(here)), folder)
        return DatasetEntry(agency, msgspec.structs.replace(dataset, **own), list)

    return entry


def with_lookup(town: Any, **own: Any) -> DatasetEntry:
    """Make a dataset of which every fish is looked up elsewhere."""
    first, second = town("catches", **own), town("names")
    service = msgspec.structs.replace(second.dataset.magda, question="other.xml")
    lookup = Lookup("fish", second.source, "parse", service)
    dataset = msgspec.structs.replace(first.dataset, lookup=lookup)
    return DatasetEntry(first.agency, dataset, list, LookupEntry(first.agency, dataset, list, lookup))


async def outcomes(entries: list[DatasetEntry], source: Source, **own: Any) -> dict[str, Outcome]:
    asked = ask_all(entries, source, **own)
    return {one.key.dataset.id: timeless(outcome) async for several in asked for one, outcome in several}


def ask_all(
    entries: list[DatasetEntry], source: Source, **own: Any
) -> AsyncGenerator[list[InquiryOutcome[DatasetEntry, Facts]]]:
    """Ask all these datasets as a page does."""
    journalled = own.pop("journalled", receipt(*entries))
    page = PageRequest(NUMBER, "c", **own)
    return fetch.ask_all(datasets.inquiries(entries), page, journalled, transports={"magda": source})


async def ask(entry: DatasetEntry, source: Source, insz: str = NUMBER) -> Outcome:
    return timeless(await town.outcome_of(entry, insz, "c", transports={"magda": source}))


def timeless(outcome: Outcome) -> Outcome:
    """Take off when trouble was met, which it must say."""
    if isinstance(outcome, Late | Down):
        was_asked = isinstance(outcome, Late) or outcome.reason not in fetch.NOT_ASKED
        assert (outcome.asked_at is not None) is was_asked
        return msgspec.structs.replace(outcome, asked_at=None)
    return outcome
