"""Random histories of one citizen against a model: after each step the bell counts what the model counts."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from portal.features.notifications import actions, receiving
from portal.features.notifications.receiving import Kept, Prepared
from portal.features.notifications.types import BundleOutcome, Position
from portal.platform.database import pool

HISTORIES, STEPS, THREADS = 150, 12, 3
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
Where = tuple[datetime, int]


class Model:
    """What one thread should be: its notices as (when, number, silent), and how far it was read."""

    def __init__(self) -> None:
        self.notices: list[tuple[datetime, int, bool]] = []
        self.opened: Where | None = None
        self.archived: Where | None = None
        self.is_marked = False

    @property
    def newest(self) -> Where:
        return max((at, number) for at, number, _ in self.notices)

    @property
    def is_unread(self) -> bool:
        loud = [(at, number) for at, number, is_silent in self.notices if not is_silent]
        if self.archived is not None and all(one <= self.archived for one in loud):
            return False
        return self.is_marked or any(self.opened is None or one > self.opened for one in loud)


async def counted(citizen_id: UUID) -> int:
    async with pool.as_citizen(citizen_id) as conn:
        row = await (await conn.execute(actions.UNREAD, (citizen_id,))).fetchone()
    return int(row[0])


async def arrives(citizen_id: UUID, thread: UUID, at: datetime, *, is_silent: bool) -> None:
    notice = Kept(uuid4(), citizen_id, thread, "ahovoks", at, NOW + timedelta(days=9), is_silent, b"{}", "")
    bundle = Prepared(uuid4().bytes, b"x", NOW + timedelta(days=9), (notice,), NOW)
    # It may come twice, and is one.
    assert (await receiving.write([bundle]), await receiving.write([bundle])) == (
        [BundleOutcome.NEW],
        [BundleOutcome.KNOWN],
    )


async def test_count_is_the_models_after_each_step_of_any_history():
    chance = random.Random(16)
    for history in range(HISTORIES):
        citizen_id, threads = uuid4(), [uuid4() for _ in range(THREADS)]
        models: dict[UUID, Model] = {}
        shown: dict[UUID, Where] = {}  # what another tab has open
        done = []
        for _ in range(STEPS):
            step, thread = (
                chance.choice(("comes",) * 4 + ("shows", "opens", "marks", "puts", "takes", "forgets")),
                chance.choice(threads),
            )
            model = models.get(thread)
            done.append(step)
            if step == "comes":
                model = models.setdefault(thread, Model())
                at, is_silent = NOW - timedelta(minutes=chance.randrange(4)), chance.random() < 0.4
                await arrives(citizen_id, thread, at, is_silent=is_silent)
                model.notices.append((at, len(model.notices) + 1, is_silent))
            elif step == "forgets" and chance.random() < 0.2:
                async with pool.as_citizen(citizen_id) as conn:
                    await actions.forget(conn, citizen_id)
                models, shown = {}, {}
            elif model and step == "shows":
                shown[thread] = model.newest
            elif model and step == "opens":
                where = shown.pop(thread, model.newest)
                await actions.opened(citizen_id, thread, Position(*where))
                model.opened, model.is_marked = max(model.opened or where, where), False
            elif model and step == "marks":
                model.is_marked = await actions.mark_unread(citizen_id, thread)
            elif model and step == "puts":
                where = shown.get(thread, model.newest)
                await actions.archive(citizen_id, thread, Position(*where))
                model.archived = max(model.archived or where, where)
            elif model and step == "takes":
                await actions.take_back(citizen_id, thread)
                model.archived = None
            expected = sum(one.is_unread for one in models.values())
            assert await counted(citizen_id) == expected, (history, done)
