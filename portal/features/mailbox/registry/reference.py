"""The reference data of providers: names of senders and of kinds of letters, which each process keeps for a day.

They are no personal data, and are asked for without naming anybody. Nobody waits for new ones where older are there.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal, NamedTuple

import msgspec

from portal.platform.sources import beside, listing
from portal.platform.sources.reading.outcomes import Down, Late

from .. import section
from ..types import EboxProvider, MessageType, Sender
from . import providers, reference_pages
from .reference_pages import ReferencePage
from .shelf import Shelf

FRESH_SECONDS = 86400.0  # age from which the data of a provider are read again
FAILED_SECONDS = 60.0  # after a failure, until they are asked for again
PAGE_SECONDS = 3.0  # deadline of the question for one page
READ_SECONDS = 20.0  # for all pages of both lists
SIZE = 100  # entries on a page, the most that the API allows
MOST_PAGES = 50
MOST_BYTES = 4 * 1024 * 1024  # of all pages of a list: ten times what the largest could have

type List = Literal["senderOrganizations", "messageTypes"]


class ReferenceData(msgspec.Struct, frozen=True):
    """The senders and the kinds of letters of one provider, by their ids.

    has_every_page: every page of both lists was read. is_whole: so was every entry on them; another reading would
    hardly help where only entries lack.
    """

    senders: Mapping[str, Sender]
    types: Mapping[str, MessageType]
    has_every_page: bool
    is_whole: bool


class _ReadList[T](NamedTuple):
    """What was read of a list, by id. trouble: why pages lack, None where none does. is_whole: no entry lacks."""

    found: Mapping[str, T]
    trouble: Down | Late | None
    is_whole: bool = False


@dataclass(slots=True)
class _ListUnderWay[T: (Sender, MessageType)]:
    """The pages of a list so far.

    entries: how many came, usable or not. total: how many the last page said that there are. has_all: each that came
    could be used. last: the last page as it was sent.
    """

    found: dict[str, T] = field(default_factory=dict)
    entries: int = 0
    total: int | None = None
    has_all: bool = True
    last: bytes = b""

    @property
    def is_endless(self) -> bool:
        """Whether no total says where the list ends; one that is less than what came counts one page, for example."""
        return self.total is None or self.total < self.entries

    def take(self, data: bytes, page: ReferencePage[T]) -> _ReadList[T] | None:
        """Add a page, read from `data`; give the list where this ends it, else None."""
        known, is_again = len(self.found), data == self.last
        for one in page.found:
            self.found.setdefault(one.id, one)
        self.entries, self.total, self.last = self.entries + page.entries, page.total, data
        self.has_all &= len(page.found) == page.entries
        is_again |= bool(page.found) and len(self.found) == known
        if page.entries and not is_again:
            return self.end() if self.entries == self.total else None
        is_end = self.is_endless or self.total == 0
        if is_again:
            # Who tells no total and repeats a page of another size than asked has no pages: this was everything.
            is_end = self.total is None and page.entries != SIZE
        # A provider that claims more entries and repeats a page would keep this going to the last page.
        return self.end() if is_end else self.end(Down("unreadable", "nothing new on a page"))

    def end(self, trouble: Down | Late | None = None) -> _ReadList[T]:
        """Give what came; trouble: why pages lack."""
        return _ReadList(self.found, trouble, self.has_all and trouble is None)


class _AllReferences(NamedTuple):
    """The senders and kinds of letters of all providers, each id once. of: the data that they were made from."""

    of: tuple[ReferenceData, ...] = ()
    senders: tuple[Sender, ...] = ()
    message_types: tuple[MessageType, ...] = ()


_shelves: dict[str, tuple[str, Shelf[ReferenceData]]] = {}
_last = _AllReferences()


def begin_reading(provider: EboxProvider) -> asyncio.Task[None] | None:
    """Begin to read the data of a provider where they are missing or old; give the task that reads, None for none."""
    return _shelf_of(provider).renew() if provider.address else None


async def wait(asked: Iterable[EboxProvider], seconds: float) -> None:
    """Wait at most `seconds` for providers of which this process has no data yet. Failures end the wait as well."""
    lacking = [task for one in asked if _data(one.id) is None and (task := begin_reading(one)) is not None]
    if lacking:
        await asyncio.wait(lacking, timeout=max(seconds, 0.0))


def is_whole(provider: EboxProvider) -> bool:
    """Tell whether this process has all senders and kinds of letters of a provider."""
    data = _data(provider.id)
    return data is not None and data.is_whole


def sender(provider_id: str, sender_id: str) -> Sender | None:
    """Give a sender by its KBO number, from the data that this process has; None where they lack it."""
    data = _data(provider_id)
    return data.senders.get(sender_id) if data else None


def message_type(provider_id: str, type_id: str) -> MessageType | None:
    """Give a kind of letter by its id, from the data that this process has; None where they lack it."""
    data = _data(provider_id)
    return data.types.get(type_id) if data else None


def senders() -> tuple[Sender, ...]:
    """Give all senders that this process has, each once; the same tuple as before until any data changed."""
    return _together().senders


def message_types() -> tuple[MessageType, ...]:
    """Give all kinds of letters that this process has, each once; the same tuple as before until any data changed."""
    return _together().message_types


def _data(provider_id: str) -> ReferenceData | None:
    kept = _shelves.get(provider_id)
    return kept[1].value if kept else None


def _together() -> _AllReferences:
    global _last
    # Of what several providers name, the first by its id holds, in whatever order this process asked them.
    last_first = sorted(_shelves, reverse=True)
    every = tuple(data for data in map(_data, last_first) if data is not None)
    if [*map(id, every)] != [*map(id, _last.of)]:
        senders = {id_: one for data in every for id_, one in data.senders.items()}
        types = {id_: one for data in every for id_, one in data.types.items()}
        _last = _AllReferences(every, tuple(senders.values()), tuple(types.values()))
    return _last


def _shelf_of(provider: EboxProvider) -> Shelf[ReferenceData]:
    kept = _shelves.get(provider.id)
    # A provider with another address is read anew. Whenever one is, or comes in, the data of those that left the
    # federation's list go.
    if kept is None or kept[0] != provider.address:
        shelf: Shelf[ReferenceData] = Shelf(
            f"reference data of {provider.id}",
            partial(_read, provider),
            FRESH_SECONDS,
            FAILED_SECONDS,
            is_whole=lambda data: data.has_every_page,
        )
        kept = _shelves[provider.id] = (provider.address, shelf)
        known = providers.ids_at_hand() | {provider.id}
        for gone in [one for one in _shelves if one not in known]:
            del _shelves[gone]
    return kept[1]


async def _read(provider: EboxProvider) -> ReferenceData | Down | Late:
    until = time.monotonic() + READ_SECONDS
    senders = await _list(provider, "senderOrganizations", reference_pages.senders, until)
    kinds = await _list(provider, "messageTypes", reference_pages.message_types, until)
    trouble = senders.trouble or kinds.trouble
    if trouble is not None and not senders.found and not kinds.found:
        return trouble
    return ReferenceData(senders.found, kinds.found, trouble is None, senders.is_whole and kinds.is_whole)


async def _list[T: (Sender, MessageType)](
    provider: EboxProvider, name: List, read: Callable[[bytes], ReferencePage[T] | str], until: float
) -> _ReadList[T]:
    """Read all pages of a list, one after another: up to its total, or without one until a page is empty."""
    agency = section.federation()
    assert agency is not None  # noqa: S101 - it lists the provider
    under_way: _ListUnderWay[T] = _ListUnderWay()
    size = 0
    for number in range(1, MOST_PAGES + 1):
        seconds = min(PAGE_SECONDS, until - time.monotonic())
        if seconds <= 0:
            return under_way.end(Late())
        data = await listing.page_at(
            agency,
            provider.source,
            f"{provider.address}/referenceData/{name}",
            {"page": number, "pageSize": SIZE},
            seconds=seconds,
            # Without a vote: names that cannot be read must not close the gate by which letters are asked for.
            is_counted=False,
        )
        if not isinstance(data, bytes):
            # Some providers refuse the page behind the last one.
            is_behind = number > 1 and under_way.is_endless and isinstance(data, Down) and data.reason == "refused"
            return under_way.end(None if is_behind else data)
        size += len(data)
        if size > MOST_BYTES:
            return under_way.end(Down("unavailable", "too many bytes"))
        page: Any = await beside.read(len(data), partial(read, data))
        left_out = [page] if isinstance(page, str) else page.left_out
        if left_out:
            listing.count_unusable(agency, f"{provider.source}/{name}", left_out)
        if isinstance(page, str):
            return under_way.end(Down("unreadable", page))
        if (whole := under_way.take(data, page)) is not None:
            return whole
    return under_way.end(Down("unavailable", "too many pages"))
