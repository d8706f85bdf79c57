"""Take in what bodies notify: what comes while a batch is being written makes the next one, in one transaction.

Who sends a bundle is answered once it is committed. A bundle that cannot be written fails by itself: its neighbours
are tried again without it.
"""

import asyncio
from collections import deque
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

import msgspec

from portal.platform.database import pool
from portal.platform.keys import arrivals, pseudonym
from portal.platform.keys.arrivals import Arrival

from . import errands, rules
from .bundles import Bundle, canonical
from .types import BundleOutcome, Notice

MOST = 100  # notices of a batch; what one bundle brings is never parted
RECEIVE = """
select place, taken from notifications_receive(
    %(marks)s::bytea[], %(contents)s::bytea[], %(bundle_ends)s::timestamptz[], %(places)s::integer[],
    %(ids)s::uuid[], %(citizens)s::uuid[], %(threads)s::uuid[], %(bodies)s::text[], %(changed)s::timestamptz[],
    %(ends)s::timestamptz[], %(silent)s::boolean[], %(waiting)s::boolean[], %(sealed)s::bytea[],
    %(services)s::text[], %(now)s
)
"""


class NoticeToKeep(NamedTuple):
    """One notice as it is to be kept, for one citizen; not sealed yet. Never printed.

    service: which it is about, sealed for the worker that may have to mail.
    """

    id: UUID
    citizen_id: UUID
    thread: UUID
    body: str
    changed_at: datetime
    ends_at: datetime
    is_silent: bool
    content: bytes
    service: str

    def __repr__(self) -> str:
        return "NoticeToKeep(…)"


class Prepared(NamedTuple):
    """A bundle, ready to be written: its mark and that of its contents, and the notices it brings."""

    mark: bytes
    content: bytes
    ends_at: datetime
    notices: tuple[NoticeToKeep, ...]
    now: datetime


async def prepare(body: str, bundle: Bundle, notice: Notice, keep: timedelta, now: datetime) -> Prepared:
    """Make of a bundle what is to be written. Who it is for is found by their pseudonyms alone."""
    citizens = await pseudonym.citizen_ids(bundle.numbers)
    about, content, ends_at = rules.thread_of(body, bundle), msgspec.json.encode(notice), now + keep
    ends = rules.ends_at(bundle, keep, now)
    notices = []
    for citizen_id in citizens:
        thread = UUID(bytes=(await pseudonym.mark(citizen_id, b"notices about", about))[:16])
        notice_id = uuid4()
        service = await errands.seal(notice.product, citizen_id, notice_id)
        notices.append(
            NoticeToKeep(
                notice_id, citizen_id, thread, body, bundle.changed_at, ends, bundle.is_silent, content, service
            )
        )
    return Prepared(
        await pseudonym.mac(b"\0".join((b"notice bundle", body.encode(), bundle.id.encode()))),
        await pseudonym.mac(b"notice content\0" + canonical(bundle)),
        ends_at,
        () if rules.is_over(bundle, now) else tuple(notices),
        now,
    )


async def write(bundles: list[Prepared]) -> list[BundleOutcome]:
    """Seal what these bundles bring and write all of it in one transaction; says what became of each."""
    notices = [(place, one) for place, bundle in enumerate(bundles, 1) for one in bundle.notices]
    sealed = await arrivals.seal_all(
        [Arrival(one.citizen_id, one.content, rules.binding(one.id)) for _, one in notices]
    )
    parameters = {
        "marks": [bundle.mark for bundle in bundles],
        "contents": [bundle.content for bundle in bundles],
        "bundle_ends": [bundle.ends_at for bundle in bundles],
        "places": [place for place, _ in notices],
        "ids": [one.id for _, one in notices],
        "citizens": [one.citizen_id for _, one in notices],
        "threads": [one.thread for _, one in notices],
        "bodies": [one.body for _, one in notices],
        "changed": [one.changed_at for _, one in notices],
        "ends": [one.ends_at for _, one in notices],
        "silent": [one.is_silent for _, one in notices],
        "waiting": [each.is_waiting for each in sealed],
        "sealed": [each.content for each in sealed],
        "services": [one.service for _, one in notices],
        "now": max(bundle.now for bundle in bundles),
    }
    # It may run twice: a bundle that is there already is known by its mark.
    taken = dict(await pool.repeatable(RECEIVE, parameters))
    return [BundleOutcome(taken[place]) for place in range(1, len(bundles) + 1)]


class Receiver:
    """Gathers bundles into batches, of which one is written at a time."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Prepared, asyncio.Future[BundleOutcome]]] = deque()
        self._writing: asyncio.Task[None] | None = None

    async def take(self, bundle: Prepared) -> BundleOutcome:
        """Have a bundle written; returns once it is committed, and raises what kept it from that."""
        taken: asyncio.Future[BundleOutcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((bundle, taken))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        return await taken

    async def _write_all(self) -> None:
        while self._waiting:
            batch = self._next()
            try:
                results = await write([bundle for bundle, _ in batch])
            except pool.DatabaseBusy as error:
                _fail(batch, error)
            except Exception as error:
                await self._one_by_one(batch, error)
            else:
                for (_, taken), result in zip(batch, results, strict=True):
                    if not taken.done():
                        taken.set_result(result)

    def _next(self) -> list[tuple[Prepared, asyncio.Future[BundleOutcome]]]:
        batch, count = [self._waiting.popleft()], 0
        count = len(batch[0][0].notices)
        while self._waiting and count + len(self._waiting[0][0].notices) <= MOST and len(batch) < MOST:
            batch.append(self._waiting.popleft())
            count += len(batch[-1][0].notices)
        return batch

    async def _one_by_one(
        self, batch: list[tuple[Prepared, asyncio.Future[BundleOutcome]]], error: Exception
    ) -> None:
        if len(batch) == 1:
            _fail(batch, error)
            return
        for bundle, taken in batch:
            try:
                (result,) = await write([bundle])
            except Exception as own:
                _fail([(bundle, taken)], own)
            else:
                if not taken.done():
                    taken.set_result(result)


def _fail(batch: list[tuple[Prepared, asyncio.Future[BundleOutcome]]], error: Exception) -> None:
    for _, taken in batch:
        if not taken.done():
            taken.set_exception(error)


receiver = Receiver()
