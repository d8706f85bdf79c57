"""Open sessions, find them again by the cookie's secret, extend, list, close and sweep them.

All limits are enforced in SQL. Functions take `now` (UTC), so that time can be given by a test.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from msgspec.structs import asdict

from portal.platform.database import pool
from portal.platform.feature import installed
from portal.platform.feature.types import Feature
from portal.platform.journal.types import Occasion
from portal.platform.keys import pseudonym, subjects
from portal.platform.keys.boxes import Box
from portal.platform.keys.errors import CannotOpen, KeyFileBehind

from . import derivation
from .journalling import note_own_sessions
from .types import LONGEST_SESSION, Identity, Session, SessionAbout, SessionListing

log = logging.getLogger("portal.access")

IDLE = timedelta(minutes=15)
# A page makes many requests; not each needs to write the time of the visit.
QUIET = timedelta(seconds=30)  # at least so long between two notes of a visit

ABOUT = b"session about"


class SessionContent(Identity, frozen=True):
    """What a session's row holds, sealed: who signed in, and their name in the journal.

    The previous release wrote no name here, and skips it when reading.
    """

    journal_subject: UUID | None = None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(SessionContent).decode
_decode_about = msgspec.msgpack.Decoder(SessionAbout).decode

_LIVE = """
    id = %(id)s
    and last_seen_at > %(now)s::timestamptz - %(idle)s::interval
    and opened_at > %(now)s::timestamptz - %(absolute)s::interval
"""

_FIND = """
select citizen, sealed, opened, seen{counts} from access_session_find(
    %(id)s, %(now)s, %(idle)s::interval, %(absolute)s::interval, %(quiet)s::interval
)
"""
FIND = _FIND.format(counts="")
# The first function returns the citizen and the next takes it, in one round trip.
_COUNT = ", {name}(pg_catalog.set_config('app.citizen', citizen::text, true)::uuid)"
OPEN = """
insert into access_session (id, citizen_id, sealed_identity, sealed_about, opened_at, last_seen_at)
values (%(id)s, %(citizen)s, %(sealed)s, %(about)s, %(now)s, %(now)s)
"""
# S608: only our own fixed text is put together.
EXTEND = f"update access_session set last_seen_at = %(now)s where {_LIVE}"  # noqa: S608 - of constants
IS_LIVE = """
select 1 from access_session_find(
    %(id)s, %(now)s, %(idle)s::interval, %(absolute)s::interval, interval '1 day'
)
"""
CLOSE = "delete from access_session where id = %s"
CLOSE_OLDEST = """
delete from access_session where id in (
    select id from access_session
    where citizen_id = %(citizen)s
        and last_seen_at > %(now)s::timestamptz - %(idle)s::interval
        and opened_at > %(now)s::timestamptz - %(absolute)s::interval
    order by opened_at desc, id = %(id)s desc offset %(most)s
)
"""
CLOSE_OTHERS = "delete from access_session where citizen_id = %s and id <> %s"
OWN = """
select id, sealed_about, opened_at, last_seen_at from access_session
where citizen_id = %(citizen)s
    and last_seen_at > %(now)s::timestamptz - %(idle)s::interval
    and opened_at > %(now)s::timestamptz - %(absolute)s::interval
order by last_seen_at desc
"""
SWEEP = """
delete from access_session
where last_seen_at <= %(now)s::timestamptz - %(idle)s::interval
   or opened_at <= %(now)s::timestamptz - %(absolute)s::interval
"""


async def open_session(
    identity: Identity, *, now: datetime, device: str = "", replaces: Session | None = None
) -> tuple[Session, str]:
    """Open a session under a new secret, and close the one this browser had; returns it and the value of its cookie.

    device: the kind of device in words, for the citizen's own list. Where it fails, a citizen still has the session
    that it was to replace; another's is closed in any case.
    """
    if replaces is not None and replaces.citizen_id != await pseudonym.citizen_id(identity.insz):
        await close(replaces)
    secret = derivation.new_secret()
    citizen_id = await pseudonym.citizen_id(identity.insz)
    subject = await _journal_subject(citizen_id)
    session = _session(secret, citizen_id, identity, subject, opened_at=now, last_seen_at=now)
    about = await pseudonym.passing_box(citizen_id, ABOUT)
    parameters = {
        "id": session.id,
        "citizen": citizen_id,
        "sealed": _seal(secret, session),
        "about": about.seal(_encode(SessionAbout(identity.means, device)), session.id),
        "now": now,
    }
    async with pool.as_citizen(citizen_id) as conn:
        await conn.execute(OPEN, parameters)
        if replaces is not None and replaces.citizen_id == citizen_id:
            await conn.execute(CLOSE, (replaces.id,))
    return session, derivation.encode(secret)


async def find(cookie: str | None, *, now: datetime, is_visit: bool = True) -> Session | None:
    """Find the live session of a cookie's value, and note that it was seen: one statement, which also counts what
    features have that is new to the citizen.

    is_visit: False for who only waits for news, which does not prolong a session.
    A value that cannot be ours (cut, too long, other characters) costs no statement. A row that does not open with
    the cookie's secret is no session.
    """
    secret = derivation.read_secret(cookie) if cookie else None
    if secret is None:
        return None
    session_id = derivation.derive(secret, derivation.SESSION_ID)
    quiet = QUIET if is_visit else LONGEST_SESSION
    rows = await _find({**_limits(now, session_id), "quiet": quiet}, must_count=not is_visit)
    if not rows:
        return None
    citizen_id, sealed, opened_at, last_seen_at, *counts = rows[0]
    kept = _open(secret, session_id, citizen_id, sealed)
    if kept is None:
        return None
    identity = Identity(*(getattr(kept, name) for name in Identity.__struct_fields__))
    # The function returns the row as it was before this visit was noted.
    seen_at = now if last_seen_at <= now - quiet else last_seen_at
    session = _session(secret, citizen_id, identity, kept.journal_subject, opened_at=opened_at, last_seen_at=seen_at)
    if len(counts) < len(_counting()):
        return msgspec.structs.replace(session, is_counted=False)
    unread = {feature.id: count for feature, count in zip(_counting(), counts, strict=True) if count}
    return msgspec.structs.replace(session, unread=unread) if unread else session


@cache
def _counting() -> Sequence[Feature]:
    return [feature for feature in installed.features() if feature.unread]


async def _find(limits: Mapping[str, object], *, must_count: bool) -> list[Any]:
    """Run the statement of `find`. A failing count of unread items signs nobody out: the row then comes without it.

    must_count: raise the error that kept us from counting, for whoever waits for nothing but the count.
    """
    if counting := _counting():
        counts = "".join(_COUNT.format(name=feature.unread) for feature in counting)
        try:
            return await pool.repeatable(_FIND.format(counts=counts), limits, binary=True)
        except pool.NoConnection:
            raise  # a page has time to wait for the database once
        except (psycopg.Error, pool.DatabaseBusy) as error:
            if must_count:
                raise
            log.error("what is unread was not counted: %s", type(error).__name__)
    return await pool.repeatable(FIND, limits, binary=True)


async def is_live(session: Session, *, now: datetime) -> bool:
    """Tell whether a session found before is still there; does not count as activity."""
    return bool(await pool.repeatable(IS_LIVE, _limits(now, session.id)))


async def extend(session: Session, *, now: datetime) -> Session | None:
    """Start the idle time anew; None when the session ended meanwhile."""
    async with pool.as_citizen(session.citizen_id) as conn:
        cursor = await conn.execute(EXTEND, _limits(now, session.id))
    if not cursor.rowcount:
        return None
    return msgspec.structs.replace(session, expires_at=min(now + IDLE, session.ends_at))


async def close(session: Session) -> None:
    """End a session; the answers kept for it go with it."""
    async with pool.as_citizen(session.citizen_id) as conn:
        await conn.execute(CLOSE, (session.id,))


async def list_own(session: Session, occasion: Occasion) -> list[SessionListing]:
    """List the citizen's live sessions, the last used first; the journal notes that they looked."""
    box = await pseudonym.passing_box(session.citizen_id, ABOUT)
    async with pool.as_citizen(session.citizen_id) as conn:
        cursor = await conn.execute(OWN, {**_limits(occasion.now, session.id), "citizen": session.citizen_id})
        rows = await cursor.fetchall()
        await note_own_sessions(conn, occasion)
    return [
        SessionListing(
            _handle(session, key), about_of(box, key, sealed), opened_at, seen_at, is_this_one=key == session.id
        )
        for key, sealed, opened_at, seen_at in rows
    ]


async def close_own(session: Session, handle: str, *, now: datetime) -> bool:
    """End one of the citizen's own sessions by the handle their list gave it; False when there is none such."""
    async with pool.as_citizen(session.citizen_id) as conn:
        cursor = await conn.execute(OWN, {**_limits(now, session.id), "citizen": session.citizen_id})
        for key, *_ in await cursor.fetchall():
            if derivation.is_same(_handle(session, key), handle):
                return bool((await conn.execute(CLOSE, (key,))).rowcount)
    return False


async def close_oldest(session: Session, most: int, *, now: datetime) -> int:
    """End the citizen's oldest sessions, so that at most `most` are left, with this one; returns how many ended."""
    limits = {**_limits(now, session.id), "citizen": session.citizen_id, "most": most}
    async with pool.as_citizen(session.citizen_id) as conn:
        return (await conn.execute(CLOSE_OLDEST, limits)).rowcount


async def close_others(session: Session) -> int:
    """End all of the citizen's sessions but this one; returns how many."""
    async with pool.as_citizen(session.citizen_id) as conn:
        return (await conn.execute(CLOSE_OTHERS, (session.citizen_id, session.id))).rowcount


def person_handle(session: Session, insz: str) -> str:
    """Name another person in an address of this session: nobody can guess it, and it means nothing in another."""
    return derivation.derive_text(derivation.derive(session.seal_key, derivation.PERSON_HANDLE), insz.encode())


def item_handle(session: Session, item: bytes) -> str:
    """Name an item of a list (a diploma) in an address of this session; it means nothing in another.

    item: bytes that identify it in its list.
    """
    return derivation.derive_text(derivation.derive(session.seal_key, derivation.ITEM_HANDLE), item)


def page_handle(session: Session) -> str:
    """Name the session itself in an address of its pages, so that what a page asks later is known to be of it."""
    return derivation.derive_text(session.seal_key, derivation.PAGE_HANDLE)


def is_of_page(session: Session, handle: str) -> bool:
    """Tell whether a page that names itself by this handle is one of the session."""
    return derivation.is_same(page_handle(session), handle)


async def sweep(*, now: datetime | None = None) -> int:
    """Delete every session that is past a limit, as the worker; returns how many."""
    return await pool.sweep(SWEEP, _limits(now or datetime.now(UTC), b""))


def _limits(now: datetime, session_id: bytes) -> dict[str, object]:
    return {"now": now, "id": session_id, "idle": IDLE, "absolute": LONGEST_SESSION, "quiet": QUIET}


def _session(
    secret: bytes,
    citizen_id: UUID,
    identity: Identity,
    subject: UUID | None,
    *,
    opened_at: datetime,
    last_seen_at: datetime,
) -> Session:
    ends_at = opened_at + LONGEST_SESSION
    return Session(
        id=derivation.derive(secret, derivation.SESSION_ID),
        citizen_id=citizen_id,
        identity=identity,
        opened_at=opened_at,
        expires_at=min(last_seen_at + IDLE, ends_at),
        ends_at=ends_at,
        seal_key=derivation.derive(secret, derivation.SESSION_SOURCES),
        form_token=derivation.derive_text(secret, derivation.SESSION_FORM),
        journal_subject=subject,
    )


async def _journal_subject(citizen_id: UUID) -> UUID | None:
    """Find the citizen's name in the journal; None while nobody here can know it: signing in goes on without it.

    That is while the key database is away, or until this process is restarted and knows the newest master key.
    """
    try:
        return await subjects.of(citizen_id)
    except pool.DatabaseBusy:
        log.error("a session was opened without its name in the journal")
    except KeyFileBehind as error:
        log.error("a session was opened without its name in the journal: %s", error.detail)
    return None


def _seal(secret: bytes, session: Session) -> bytes:
    box = Box(derivation.derive(secret, derivation.SESSION_IDENTITY))
    kept = SessionContent(**asdict(session.identity), journal_subject=session.journal_subject)
    return box.seal(_encode(kept), session.id + session.citizen_id.bytes)


def _open(secret: bytes, session_id: bytes, citizen_id: UUID, sealed: bytes) -> SessionContent | None:
    box = Box(derivation.derive(secret, derivation.SESSION_IDENTITY))
    try:
        return _decode(box.open(sealed, session_id + citizen_id.bytes))
    except (CannotOpen, ValueError, msgspec.DecodeError):
        return None  # changed by somebody, or of another release: sign in again


def about_of(box: Box, session_id: bytes, sealed: bytes) -> SessionAbout | None:
    """Open what the list of sessions says of one; None when it does not open."""
    try:
        return _decode_about(box.open(sealed, session_id))
    except (CannotOpen, msgspec.DecodeError):
        return None  # the session is listed without it, so that the citizen can end it


def _handle(session: Session, session_id: bytes) -> str:
    """Name a session in a form of this one: ids of sessions do not leave the server."""
    return derivation.derive_text(derivation.derive(session.seal_key, derivation.SESSION_HANDLE), session_id)
