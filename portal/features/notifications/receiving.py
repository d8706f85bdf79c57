"""Store bundles of bodies, in batches (`batches`): first sealed, and then written.

A batch is written in one transaction, and a sender is answered once it is committed.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

import msgspec

from portal.platform.database import pool
from portal.platform.keys import arrivals, pseudonym
from portal.platform.keys.arrivals import Arrival, SealedArrival

from . import errands, rules
from .batches import Batches
from .bundles import Bundle, canonical
from .types import BundleOutcome, Notice

# Notices of a batch, unless a single bundle has more, and bundles of a batch. With more, all senders would wait for
# one batch and send their next ones together, while the database waits (decision 0043).
MOST = 32
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


class SealedBundle(NamedTuple):
    """A bundle with its notices sealed, in their order."""

    bundle: PreparedBundle
    sealed: tuple[SealedArrival, ...]


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


async def seal(bundles: list[PreparedBundle]) -> list[SealedBundle]:
    """Seal the notices of bundles for their citizens, with one look for the public keys of all."""
    sealed = iter(
        await arrivals.seal_all(
            [
                Arrival(notice.citizen_id, notice.content, rules.binding(notice.id))
                for bundle in bundles
                for notice in bundle.notices
            ]
        )
    )
    return [SealedBundle(bundle, tuple(next(sealed) for _ in bundle.notices)) for bundle in bundles]


async def store(sealed_bundles: list[SealedBundle]) -> list[BundleOutcome]:
    """Store bundles in one transaction; return the outcome of each once it is committed."""
    bundles = [each.bundle for each in sealed_bundles]
    notices = [(place, one) for place, bundle in enumerate(bundles, 1) for one in bundle.notices]
    sealed = [one for each in sealed_bundles for one in each.sealed]
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
    """Seals bundles in batches and stores them in batches: the next one is sealed while another is being stored."""

    def __init__(self) -> None:
        self._sealing = Batches(seal, lambda bundle: len(bundle.notices), MOST)
        self._storing = Batches(store, lambda sealed: len(sealed.sealed), MOST)

    async def take(self, bundle: PreparedBundle) -> BundleOutcome:
        """Store a bundle; return its outcome once it is committed, or raise what prevented that."""
        return await self._storing.take(await self._sealing.take(bundle))


receiver = Receiver()
