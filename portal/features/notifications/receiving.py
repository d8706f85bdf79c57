"""Store bundles of bodies, in batches: those that arrive while one batch is written make up the next.

A batch is one transaction, and a sender is answered once it is committed. Where a batch fails, its bundles are
written one by one, so that a bundle that cannot be stored fails alone.
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

MOST = 100  # notices of a batch, unless a single bundle has more, and bundles of a batch
RECEIVE = """
select place, taken from notifications_receive(
    %(marks)s::bytea[], %(contents)s::bytea[], %(bundle_ends)s::timestamptz[], %(places)s::integer[],
    %(ids)s::uuid[], %(citizens)s::uuid[], %(threads)s::uuid[], %(bodies)s::text[], %(changed)s::timestamptz[],
    %(ends)s::timestamptz[], %(silent)s::boolean[], %(waiting)s::boolean[], %(sealed)s::bytea[],
    %(services)s::text[], %(now)s
)
"""


class NoticeToKeep(NamedTuple):
    """A notice for one citizen that is to be stored. Its repr hides its content.

    content: JSON of a `types.Notice`, not sealed yet. service: the errand for its mail (`errands.seal`).
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


class PreparedBundle(NamedTuple):
    """A bundle that is ready to be stored. mark: keyed hash of its sender and Id; content: of all that it says.

    ends_at: until when it is remembered. notices: one for each citizen; () for a bundle that is over.
    """

    mark: bytes
    content: bytes
    ends_at: datetime
    notices: tuple[NoticeToKeep, ...]
    now: datetime


async def prepare(body: str, bundle: Bundle, notice: Notice, keep: timedelta, now: datetime) -> PreparedBundle:
    """Make the rows of a bundle. notice: what is kept of it; keep: for how long.

    Citizens get their pseudonyms without a look-up, so it takes the same time whether they are known or not.
    """
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
    return PreparedBundle(
        await pseudonym.mac(b"\0".join((b"notice bundle", body.encode(), bundle.id.encode()))),
        await pseudonym.mac(b"notice content\0" + canonical(bundle)),
        ends_at,
        () if rules.is_over(bundle, now) else tuple(notices),
        now,
    )


async def write(bundles: list[PreparedBundle]) -> list[BundleOutcome]:
    """Seal the notices of bundles and store all of them in one transaction; return the outcome of each bundle."""
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
    # The statement may be repeated after a lost connection: bundles that were stored are recognised by their mark.
    outcomes = dict(await pool.repeatable(RECEIVE, parameters))
    return [BundleOutcome(outcomes[place]) for place in range(1, len(bundles) + 1)]


class Receiver:
    """Gathers bundles into batches, and writes one batch at a time."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[PreparedBundle, asyncio.Future[BundleOutcome]]] = deque()
        self._writing: asyncio.Task[None] | None = None

    async def take(self, bundle: PreparedBundle) -> BundleOutcome:
        """Store a bundle; return its outcome once it is committed, or raise what prevented that."""
        result: asyncio.Future[BundleOutcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((bundle, result))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        return await result

    async def _write_all(self) -> None:
        while self._waiting:
            batch = self._next()
            try:
                outcomes = await write([bundle for bundle, _ in batch])
            except pool.DatabaseBusy as error:
                _fail(batch, error)
            except Exception as error:
                await self._one_by_one(batch, error)
            else:
                for (_, result), outcome in zip(batch, outcomes, strict=True):
                    if not result.done():
                        result.set_result(outcome)

    def _next(self) -> list[tuple[PreparedBundle, asyncio.Future[BundleOutcome]]]:
        batch, count = [self._waiting.popleft()], 0
        count = len(batch[0][0].notices)
        while self._waiting and count + len(self._waiting[0][0].notices) <= MOST and len(batch) < MOST:
            batch.append(self._waiting.popleft())
            count += len(batch[-1][0].notices)
        return batch

    async def _one_by_one(
        self, batch: list[tuple[PreparedBundle, asyncio.Future[BundleOutcome]]], error: Exception
    ) -> None:
        if len(batch) == 1:
            _fail(batch, error)
            return
        for bundle, result in batch:
            try:
                (outcome,) = await write([bundle])
            except Exception as own:
                _fail([(bundle, result)], own)
            else:
                if not result.done():
                    result.set_result(outcome)


def _fail(batch: list[tuple[PreparedBundle, asyncio.Future[BundleOutcome]]], error: Exception) -> None:
    for _, result in batch:
        if not result.done():
            result.set_exception(error)


receiver = Receiver()
