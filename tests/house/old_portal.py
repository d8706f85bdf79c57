"""A portal of the release whose journal names citizens by their pseudonym, by a record of its statements.

It executes them over and over on a connection of its own, as the role `portal`, while the databases are migrated.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from psycopg import AsyncConnection

from portal.platform.access import derivation
from portal.platform.access.types import Identity
from portal.platform.keys.boxes import Box

AS_CITIZEN = "select pg_catalog.set_config('app.citizen', %s, true)"
# The settings that that release gives each connection.
LIMITS = "-c statement_timeout=1800ms -c lock_timeout=1s -c search_path=public,pg_temp"
OPEN = """
insert into access_session (id, citizen_id, sealed_identity, sealed_about, opened_at, last_seen_at)
values (%(id)s, %(citizen)s, %(sealed)s, %(about)s, %(now)s, %(now)s)
"""
FIND = """
select citizen, sealed, opened, seen from access_session_find(
    %(id)s, %(now)s, %(idle)s::interval, %(absolute)s::interval, %(quiet)s::interval
)
"""
REGISTER = """
insert into public.journal_activity (id, body, body_name, dataset, title, purpose, legal_basis, services, retention)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing
"""
ASKED = """
insert into public.journal_entry (
    trace_id, operation_id, parent_operation_id, name, actor_kind, actor, citizen_id, start_ms, activities, status
)
select %(trace)b, %(operation)b, %(parent)b, %(name)s, %(kind)s, %(actor)s, %(citizen)s, %(start)s, %(activities)b, 0
where not exists (
    select from pg_catalog.unnest(%(activities)b::bytea[]) as wanted (id)
    where not exists (select from public.journal_activity a where a.id operator(pg_catalog.=) wanted.id)
)
"""
OUTCOMES = """
insert into public.journal_entry (trace_id, operation_id, citizen_id, end_ms, status, outcomes)
values (%b, %b, %s, %s, %s, %s)
"""
ENTRIES = """
select a.id, a.start_ms, o.end_ms, a.name, a.actor_kind, a.actor, coalesce(o.status, 0), a.activities, o.outcomes
from public.journal_entry a
left join lateral (
    select e.end_ms, e.status, e.outcomes from public.journal_entry e
    where e.citizen_id = a.citizen_id and e.id > a.id and e.outcomes is not null
        and e.trace_id = a.trace_id and e.operation_id = a.operation_id
    order by e.id limit 1
) o on true
where a.citizen_id = %(citizen)s and a.activities is not null and a.id < %(before)s
order by a.id desc limit %(most)s
"""
PUT = """
insert into sources_answer (session_id, citizen_id, dataset, sealed)
select %s, %s, unnest(%s::text[]), unnest(%b::bytea[])
where exists (select from access_session where id = %s)
on conflict (session_id, dataset) do update set sealed = excluded.sealed, kept_at = now()
"""
GET = "select dataset, sealed from sources_answer where session_id = %s and dataset = any(%s)"
KEEP = """
insert into profile_kept (citizen_id, kind, sealed, consent, since) values (%s, %s, %s, %s, %s)
on conflict (citizen_id, kind)
do update set sealed = excluded.sealed, consent = excluded.consent, since = excluded.since
"""
KEPT = "select kind, sealed, consent, since from profile_kept where citizen_id = %s"
PROPOSE = """
insert into profile_proposal
    (citizen_id, kind, id, sealed, code, mail_id, attempts_left, made_at, valid_until)
values (%(citizen)s, 'email', gen_random_uuid(), 'sealed', 'code', null, 5, now(), now())
on conflict (citizen_id, kind) do update set
    id = excluded.id, sealed = excluded.sealed, code = excluded.code, mail_id = excluded.mail_id,
    attempts_left = excluded.attempts_left, made_at = excluded.made_at, valid_until = excluded.valid_until
"""
WITHDRAW = "delete from profile_proposal where citizen_id = %s and kind = 'email' returning mail_id"
KEYS = "select data_key, mail_key, private_key, public_key from keys_citizen where citizen_id = %s"


@dataclass
class OldPortal:
    """The old portal, with one citizen signed in. visits: how many went well. trouble: the errors of the others."""

    main: AsyncConnection[Any]
    keys: AsyncConnection[Any]
    citizen_id: UUID
    activity: tuple[Any, ...]  # a row of the register
    secret: bytes = field(default_factory=derivation.new_secret)
    email: bytes = b""  # its address for mail, sealed, given anew at each visit
    visits: int = 0
    trouble: list[str] = field(default_factory=list)

    @property
    def session_id(self) -> bytes:
        """Give the session's id in the table."""
        return derivation.derive(self.secret, derivation.SESSION_ID)

    async def sign_in(self, identity: Identity) -> str:
        """Open the session; returns the cookie's value."""
        box = Box(derivation.derive(self.secret, derivation.SESSION_IDENTITY))
        sealed = box.seal(msgspec.msgpack.encode(identity), self.session_id + self.citizen_id.bytes)
        given = {"id": self.session_id, "citizen": self.citizen_id, "sealed": sealed, "about": b"", "now": _now()}
        async with self._as_citizen(self.main) as conn:
            await conn.execute(OPEN, given)
            await conn.execute(REGISTER, self.activity)
        return derivation.encode(self.secret)

    async def visit(self) -> int:
        """Send all statements once, as an overview does; returns how many entries the citizen's list has."""
        limits = {"idle": timedelta(minutes=15), "absolute": timedelta(hours=12), "quiet": timedelta(seconds=30)}
        found = await self.main.execute(FIND, {"id": self.session_id, "now": _now(), **limits}, prepare=True)
        assert len(await found.fetchall()) == 1
        trace, operation = os.urandom(16), os.urandom(8)
        asked: dict[str, Any] = {"trace": trace, "operation": operation, "parent": None, "name": "look at own data"}
        asked |= {"kind": "citizen", "actor": None, "citizen": self.citizen_id, "start": 1}
        async with self._as_citizen(self.main) as conn:
            asked["activities"] = [self.activity[0]]
            assert (await conn.execute(ASKED, asked, prepare=True)).rowcount == 1
            await conn.execute(GET, (self.session_id, ["fishery.catch"]), prepare=True)
        async with self._as_citizen(self.main) as conn:
            await conn.execute(OUTCOMES, (trace, operation, self.citizen_id, 2, 1, ["ready"]), prepare=True)
            kept = (self.session_id, self.citizen_id, ["fishery.catch"], [b"sealed"], self.session_id)
            await conn.execute(PUT, kept, prepare=True)
        async with self._as_citizen(self.main) as conn:
            await conn.execute(PROPOSE, {"citizen": self.citizen_id}, prepare=True)
            await conn.execute(WITHDRAW, (self.citizen_id,), prepare=True)
            if self.email:
                await conn.execute(KEEP, (self.citizen_id, "email", self.email, "e-mail-1", _now()), prepare=True)
            rows = await (await conn.execute(KEPT, (self.citizen_id,), prepare=True)).fetchall()
            assert [row[1] for row in rows] == ([self.email] if self.email else [])
        async with self._as_citizen(self.keys) as conn:
            assert len(await (await conn.execute(KEYS, (self.citizen_id,), prepare=True)).fetchall()) == 1
        async with self._as_citizen(self.main) as conn:
            given = {"citizen": self.citizen_id, "before": 2**63 - 1, "most": 100_000}
            rows = await (await conn.execute(ENTRIES, given, prepare=True)).fetchall()
        self.visits += 1
        assert [row[8] for row in rows] == [["ready"]] * self.visits
        return len(rows)

    async def serve(self, until: asyncio.Event) -> None:
        """Visit over and over until the event, and note errors in `trouble`."""
        while not until.is_set():
            try:
                await self.visit()
            except (psycopg.Error, AssertionError) as error:
                self.trouble.append(f"{type(error).__name__}: {error}")

    @asynccontextmanager
    async def _as_citizen(self, conn: AsyncConnection[Any]) -> AsyncIterator[AsyncConnection[Any]]:
        async with conn.transaction():
            await conn.execute(AS_CITIZEN, (self.citizen_id.hex,))
            yield conn


def _now() -> datetime:
    return datetime.now(UTC)
