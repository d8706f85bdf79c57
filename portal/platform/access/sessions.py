"""Sessions: opened, found again by the cookie's secret, extended, closed, swept away.

All limits are enforced in SQL. Functions take `now` (UTC), so that time can be given by a test.
"""

import os
from datetime import UTC, datetime, timedelta

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.platform.database import pool

from . import derivation
from .types import Identity, Session

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=12)
# A page with many requests need not write at each of them.
QUIET = timedelta(seconds=30)

NONCE = 12  # bytes, AES-GCM

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Identity).decode

_LIVE = """
    id = %(id)s
    and last_seen_at > %(now)s::timestamptz - %(idle)s::interval
    and opened_at > %(now)s::timestamptz - %(absolute)s::interval
"""

# The select sees the row as it was before the update beside it.
# S608: only our own fixed text is put together.
FIND = f"""
with touched as (
    update access_session set last_seen_at = %(now)s
    where {_LIVE} and last_seen_at <= %(now)s::timestamptz - %(quiet)s::interval
    returning last_seen_at
)
select sealed_identity, opened_at, coalesce((select last_seen_at from touched), last_seen_at)
from access_session where {_LIVE}
"""  # noqa: S608
OPEN = """
with replaced as (delete from access_session where id = %(replaced)s)
insert into access_session (id, sealed_identity, opened_at, last_seen_at)
values (%(id)s, %(sealed)s, %(now)s, %(now)s)
"""
EXTEND = f"update access_session set last_seen_at = %(now)s where {_LIVE}"  # noqa: S608
IS_LIVE = f"select 1 from access_session where {_LIVE}"  # noqa: S608
CLOSE = "delete from access_session where id = %s"
SWEEP = """
delete from access_session
where last_seen_at <= %(now)s::timestamptz - %(idle)s::interval
   or opened_at <= %(now)s::timestamptz - %(absolute)s::interval
"""


async def open_session(identity: Identity, *, now: datetime, replaces: Session | None = None) -> tuple[Session, str]:
    """Open a session under a new secret and close the one this browser had; returns it and the cookie's value."""
    secret = derivation.new_secret()
    session = _session(secret, identity, opened_at=now, last_seen_at=now)
    parameters = {
        "id": session.id,
        "sealed": _seal(secret, session.id, identity),
        "now": now,
        "replaced": replaces.id if replaces else b"",
    }
    async with pool.connection() as conn:
        await conn.execute(OPEN, parameters)
    return session, derivation.encode(secret)


async def find(cookie: str | None, *, now: datetime) -> Session | None:
    """Find the live session of a cookie's value, and note that it was seen: one statement.

    A value that cannot be ours (cut, too long, other characters) costs no statement. A row that does not open with
    the cookie's secret is no session.
    """
    secret = derivation.read_secret(cookie) if cookie else None
    if secret is None:
        return None
    session_id = derivation.derive(secret, derivation.SESSION_ID)
    async with pool.connection() as conn:
        cursor = await conn.execute(FIND, _limits(now, session_id), prepare=True, binary=True)
        row = await cursor.fetchone()
    if row is None:
        return None
    sealed, opened_at, last_seen_at = row
    identity = _opened(secret, session_id, sealed)
    if identity is None:
        return None
    return _session(secret, identity, opened_at=opened_at, last_seen_at=last_seen_at)


async def is_live(session: Session, *, now: datetime) -> bool:
    """Tell whether a session found before is still there; does not count as activity."""
    async with pool.connection() as conn:
        cursor = await conn.execute(IS_LIVE, _limits(now, session.id), prepare=True)
        return await cursor.fetchone() is not None


async def extend(session: Session, *, now: datetime) -> Session | None:
    """Start the idle time anew; None when the session ended meanwhile."""
    async with pool.connection() as conn:
        cursor = await conn.execute(EXTEND, _limits(now, session.id))
    if not cursor.rowcount:
        return None
    return msgspec.structs.replace(session, expires_at=min(now + IDLE, session.ends_at))


async def close(session: Session) -> None:
    """End a session; the answers kept for it go with it."""
    async with pool.connection() as conn:
        await conn.execute(CLOSE, (session.id,))


async def sweep(*, now: datetime | None = None) -> int:
    """Delete every session that is past a limit; returns how many."""
    async with pool.connection() as conn:
        cursor = await conn.execute(SWEEP, _limits(now or datetime.now(UTC), b""))
    return cursor.rowcount


def _limits(now: datetime, session_id: bytes) -> dict[str, object]:
    return {"now": now, "id": session_id, "idle": IDLE, "absolute": ABSOLUTE, "quiet": QUIET}


def _session(secret: bytes, identity: Identity, *, opened_at: datetime, last_seen_at: datetime) -> Session:
    ends_at = opened_at + ABSOLUTE
    return Session(
        id=derivation.derive(secret, derivation.SESSION_ID),
        identity=identity,
        opened_at=opened_at,
        expires_at=min(last_seen_at + IDLE, ends_at),
        ends_at=ends_at,
        seal_key=derivation.derive(secret, derivation.SESSION_SOURCES),
        form_token=derivation.derive_text(secret, derivation.SESSION_FORM),
    )


def _seal(secret: bytes, session_id: bytes, identity: Identity) -> bytes:
    nonce = os.urandom(NONCE)
    key = derivation.derive(secret, derivation.SESSION_IDENTITY)
    return nonce + AESGCM(key).encrypt(nonce, _encode(identity), session_id)


def _opened(secret: bytes, session_id: bytes, sealed: bytes) -> Identity | None:
    key = derivation.derive(secret, derivation.SESSION_IDENTITY)
    try:
        return _decode(AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], session_id))
    except (InvalidTag, ValueError, msgspec.DecodeError):
        return None  # tampered with, or written by another version: sign in again
