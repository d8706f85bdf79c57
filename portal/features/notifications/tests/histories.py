"""Random histories of many citizens against a model, in step: after each step the counts are those of the model.

All of them take each step at once, so that the statements of the portal go to the database in few messages.
"""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from portal.features.notifications import actions, queries
from portal.features.notifications.receiving import RECEIVE

STEPS, THREADS, AT_ONCE = 12, 2, 1_000
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
WISHES = (*("comes",) * 3, *("shows", "lists") * 2, "opens", "marks", "puts", "takes", "forgets")
AS_CITIZEN = "select set_config('app.citizen', %s, true)"
COUNTED = """
select c, notifications_unread(c), (
    select count(*) from notifications_thread t where t.citizen_id = c and not t.is_archived and t.loud_at is not null
        and (t.listed_at is null or (t.loud_at, t.loud_number) > (t.listed_at, t.listed_number))
) from unnest(%s::uuid[]) c
"""
Where = tuple[datetime, int]
Statement = tuple[str, dict[str, Any] | tuple[Any, ...]]


class Model:
    """What one thread should be: its notices as (when, number, silent), and how far it was read."""

    def __init__(self) -> None:
        self.notices: list[tuple[datetime, int, bool]] = []
        self.opened: Where | None = None
        self.listed: Where | None = None
        self.archived: Where | None = None
        self.is_marked = False

    @property
    def newest(self) -> Where:
        return max((at, number) for at, number, _ in self.notices)

    @property
    def is_archived(self) -> bool:
        return self.archived is not None and not self.is_later_than(self.archived)

    @property
    def is_unread(self) -> bool:
        return not self.is_archived and (self.is_marked or self.is_later_than(self.opened))

    @property
    def is_new(self) -> bool:
        return not self.is_archived and self.is_later_than(self.listed)

    def is_later_than(self, place: Where | None) -> bool:
        """Tell whether something was told aloud after a place."""
        return any(place is None or (at, number) > place for at, number, is_silent in self.notices if not is_silent)


class History:
    """What happened to one citizen so far, and what another tab of theirs has open."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.done = chance, list[str]()
        self.citizen_id = _uuid(chance)
        self.threads = [_uuid(chance) for _ in range(THREADS)]
        self.models: dict[UUID, Model] = {}
        self.shown: dict[UUID, Where] = {}

    @property
    def counts(self) -> tuple[int, int]:
        """Count what is unread and what is new in the list."""
        every = self.models.values()
        return sum(one.is_unread for one in every), sum(one.is_new for one in every)

    def arrives(self, thread: UUID) -> dict[str, Any]:
        """Have a notice come, in whatever order; what the batch is to say of it."""
        model = self.models.setdefault(thread, Model())
        at, is_silent = NOW - timedelta(minutes=self.chance.randrange(4)), self.chance.random() < 0.4
        model.notices.append((at, len(model.notices) + 1, is_silent))
        ids = {"ids": _uuid(self.chance), "citizens": self.citizen_id, "threads": thread}
        return ids | {"changed": at, "silent": is_silent, "marks": _uuid(self.chance).bytes}

    def step(self, wish: str, thread: UUID) -> list[Statement]:
        """Do something else; the statements for it, as the portal has them."""
        model, given = self.models.get(thread), {"citizen": self.citizen_id, "thread": thread}
        one = (self.citizen_id, thread)
        if wish == "forgets" and self.chance.random() < 0.2:
            self.models, self.shown = {}, {}
            return [(statement, (self.citizen_id,)) for statement in actions.FORGET]
        if wish == "lists":
            return [self._listed()]
        if model is None:
            return []
        if wish == "shows":
            self.shown[thread] = model.newest
        elif wish == "opens":
            place = self._seen(thread)
            model.opened, model.is_marked = max(model.opened or place, place), False
            return [(actions.OPENED, given | _at(place))]
        elif wish == "marks":
            model.is_marked = True
            return [(actions.MARK_UNREAD, one)]
        elif wish == "puts":
            place = self._seen(thread)
            model.archived = max(model.archived or place, place)
            return [(actions.ARCHIVE, given | _at(place))]
        elif wish == "takes":
            model.archived = None
            return [(actions.TAKE_BACK, one)]
        return []

    def _seen(self, thread: UUID) -> Where:
        """Give up to where they see a thread: as it stands, or as the other tab still has it."""
        newest = self.models[thread].newest
        return self.shown.get(thread, newest) if self.chance.random() < 0.5 else newest

    def _listed(self) -> Statement:
        seen = [(thread, self._seen(thread)) for thread in self.models]
        for thread, place in seen:
            model = self.models[thread]
            model.listed = max(model.listed or place, place)
        columns = {"threads": [thread for thread, _ in seen]}
        places = {"ats": [at for _, (at, _) in seen], "numbers": [number for _, (_, number) in seen]}
        return queries.LISTED, {"citizen": self.citizen_id} | columns | places


def play(conn: psycopg.Connection, past_walls: psycopg.Connection, count: int, chance: random.Random) -> None:
    """Play so many histories; raise AssertionError with the one whose count is wrong.

    conn: as the portal, in autocommit; past_walls: sees everybody's rows.
    """
    every = [History(chance) for _ in range(count)]
    for _ in range(STEPS):
        arrivals, statements = list[dict[str, Any]](), list[tuple[UUID, list[Statement]]]()
        for history in every:
            wish, thread = chance.choice(WISHES), chance.choice(history.threads)
            history.done.append(wish)
            if wish == "comes":
                arrivals.append(history.arrives(thread))
            elif found := history.step(wish, thread):
                statements.append((history.citizen_id, found))
        for start in range(0, len(arrivals), AT_ONCE):
            batch = arrivals[start : start + AT_ONCE]
            assert _receive(conn, batch) == {"new"}
            if chance.random() < 0.3:
                # It may come twice, and is one.
                assert _receive(conn, batch) == {"known"}
        with conn.pipeline(), conn.transaction():
            for citizen_id, each in statements:
                conn.execute(AS_CITIZEN, (str(citizen_id),))
                for statement, parameters in each:
                    conn.execute(statement.encode(), parameters)
        rows = past_walls.execute(COUNTED, ([history.citizen_id for history in every],)).fetchall()
        counted = {citizen_id: (unread, new) for citizen_id, unread, new in rows}
        wrong = [history.done for history in every if counted[history.citizen_id] != history.counts]
        assert wrong == [], min(wrong, key=len)


def _receive(conn: psycopg.Connection, batch: Sequence[dict[str, Any]]) -> set[str]:
    size, term = len(batch), NOW + timedelta(days=9)
    columns = {name: [one[name] for one in batch] for name in batch[0]}
    same = {"contents": b"x", "bundle_ends": term, "bodies": "ahovoks", "ends": term, "waiting": True, "sealed": b"x"}
    given = columns | {name: [value] * size for name, value in (same | {"services": ""}).items()}
    rows = conn.execute(RECEIVE, given | {"places": list(range(1, size + 1)), "now": NOW}).fetchall()
    return {taken for _, taken in rows}


def _at(place: Where) -> dict[str, Any]:
    return {"at": place[0], "number": place[1]}


def _uuid(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)
