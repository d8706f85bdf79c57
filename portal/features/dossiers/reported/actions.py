"""Take in what bodies report of dossiers, and delete it: at their request, after its term, or with a citizen."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.keys import pseudonym

from .. import section, wording
from . import reading, sealing
from .contract import Push, readers_of
from .types import ReportOutcome

WHOLE = ""  # used as a state, under which is counted how long whole dossiers take, from first report to end
LONGEST_DAYS = 3650  # what a longer duration is counted as

AS_BODY = "select set_config('app.body', %s, true)"
ONE_BY_ONE = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"
KNOWN = "select content from dossiers_upload where body = %s and upload = %s"
NEWEST = """
select changed_at, state, since, begun_at, is_closed from dossiers_upload
where dossier = any(%s) and body = %s and not is_removed order by changed_at desc, received_at desc limit 1
"""
PUT_UPLOAD = """
insert into dossiers_upload (
    body, upload, content, dossier, changed_at, received_at, ends_at, is_newest, state, since, begun_at, is_closed,
    sealed
) values (
    %(body)s, %(upload)s, %(content)s, %(dossier)s, %(at)s, %(now)s, %(ends)s, %(newest)s, %(state)s, %(since)s,
    %(begun)s, %(closed)s, %(sealed)s
)
"""
TAKE_AWAY = "delete from dossiers_reported where dossier = any(%s) and body = %s"
PUT = """
insert into dossiers_reported (citizen_id, dossier, body, reported_at, ends_at, is_waiting, sealed)
select given.citizen, %(dossier)s, %(body)s, %(now)s, %(ends)s, given.waiting, given.sealed
from unnest(%(citizens)s::uuid[], %(waiting)s::boolean[], %(contents)s::bytea[]) given(citizen, waiting, sealed)
"""
REMOVE = "update dossiers_upload set is_removed = true where dossier = any(%s) and body = %s and not is_removed"
COUNT = """
insert into dossiers_duration as kept (state, days, dossiers)
select state, days, 1 from unnest(%s::bytea[], %s::integer[]) given(state, days)
on conflict (state, days) do update set dossiers = kept.dossiers + 1
"""
FORGET = "delete from dossiers_reported where citizen_id = %s"
FORGET_LATE = f"{FORGET} and not is_waiting"
EXPIRE = (
    "delete from dossiers_reported where ends_at < %s",
    "delete from dossiers_upload where ends_at < %s",
)


async def take(body: str, push: Push, at: datetime, *, now: datetime) -> ReportOutcome:
    """Take in the whole state of a dossier; a state older than the newest known one changes nothing that is shown.

    body: the id of the agency that reports. at: since when the dossier is in this state, as the body says. Each
    citizen who may see the dossier gets a sealed copy; the work is the same for citizens with and without keys, so
    that the time it takes does not tell a body who uses the portal. The same upload a second time changes nothing.
    """
    identification = push.identification
    dossiers = await sealing.dossier_ids(body, identification.source, identification.number)
    dossier = dossiers[0]
    upload, content = await sealing.upload_id(body, push.upload_id), await sealing.content_mark(body, push)
    citizens = await pseudonym.citizen_ids(readers_of(push))
    reported = reading.dossier_of(push)
    sealed, of_upload = await sealing.seal(citizens, dossier, reported, (identification, push.upload_id))
    product = push.products[0].id
    state = await sealing.state_mark(body, product, wording.status_of(reported.newest) or push.status.code)
    whole = await sealing.state_mark(body, product, WHOLE)
    ends = now + timedelta(days=section.keep_days(body))
    is_closed = wording.is_closed(reported.newest)
    async with pool.transaction() as conn:
        await conn.execute(AS_BODY, (body,))
        # Always the upload's lock before the dossier's, so that no two requests wait for each other in a circle.
        await conn.execute(ONE_BY_ONE, (f"dossiers upload {upload}",))
        await conn.execute(ONE_BY_ONE, (f"dossiers dossier {dossier}",))
        if earlier := await (await conn.execute(KNOWN, (body, upload))).fetchone():
            return ReportOutcome.KNOWN if bytes(earlier[0]) == content else ReportOutcome.CONTRADICTS
        before = await (await conn.execute(NEWEST, (dossiers, body))).fetchone()
        course = _Course(before, at=at, state=state, is_closed=is_closed)
        parameters = {"body": body, "upload": upload, "content": content, "dossier": dossier, "at": at, "now": now}
        parameters |= {"ends": ends, "newest": course.is_newest, "state": state, "since": course.since}
        parameters |= {"begun": course.begun, "closed": course.was_ever_closed, "sealed": of_upload}
        await conn.execute(PUT_UPLOAD, parameters)
        if course.is_newest:
            await conn.execute(TAKE_AWAY, (dossiers, body))
            waiting, contents = [copy.is_waiting for copy in sealed], [copy.content for copy in sealed]
            await conn.execute(PUT, parameters | {"citizens": citizens, "waiting": waiting, "contents": contents})
            ended = course.durations(whole)
            await conn.execute(COUNT, ([mark for mark, _ in ended], [days for _, days in ended]))
        return ReportOutcome.NEW


async def remove(body: str, source: str, number: str) -> None:
    """Delete, for every citizen, what a body reported of its dossier; a dossier never reported is no error."""
    dossiers = await sealing.dossier_ids(body, source, number)
    async with pool.transaction() as conn:
        await conn.execute(AS_BODY, (body,))
        await conn.execute(ONE_BY_ONE, (f"dossiers dossier {dossiers[0]}",))
        await conn.execute(REMOVE, (dossiers, body))
        await conn.execute(TAKE_AWAY, (dossiers, body))


async def forget(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Delete all that was reported to a citizen, in the caller's transaction."""
    await conn.execute(FORGET, (citizen_id,))


async def forget_late(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Delete, after an erasure, what is sealed with keys that are gone; what was reported since stays and waits."""
    await conn.execute(FORGET_LATE, (citizen_id,))


async def expire(before: datetime) -> int:
    """Delete the rows whose term ended before a moment; return how many. For the worker."""
    return sum([await pool.sweep(statement, (before,)) for statement in EXPIRE])


class _Course:
    """How the state that is reported now follows on the newest known one. before: that one's row (NEWEST), or None.

    Once a dossier was closed, its durations are counted no more.
    """

    def __init__(self, before: tuple[Any, ...] | None, *, at: datetime, state: bytes, is_closed: bool) -> None:
        self.is_newest = before is None or at >= before[0]
        self.at, self.state, self.is_closed = at, state, is_closed
        self.since = self.begun = at
        self.was_state: bytes | None = None
        self.was_since, self.was_closed = at, False
        if before is not None:
            self.was_state, self.was_since, self.was_closed = bytes(before[1]), before[2], before[4]
            self.begun = min(before[3], at)
            if self.was_state == state:
                self.since = min(self.was_since, at)

    @property
    def was_ever_closed(self) -> bool:
        """Tell whether the dossier is closed, or was before."""
        return self.is_closed or self.was_closed

    def durations(self, whole: bytes) -> list[tuple[bytes, int]]:
        """List the marks to count, each with how many days it took: of the state that ended, and of the whole
        dossier.

        whole: the mark of the whole dossier, which is counted when the dossier closes now.
        """
        if self.was_state is None or self.was_closed:
            return []
        ended = [(self.was_state, self.was_since)] if self.was_state != self.state else []
        ended += [(whole, self.begun)] if self.is_closed else []
        return [(mark, min((self.at - since).days, LONGEST_DAYS)) for mark, since in ended]
