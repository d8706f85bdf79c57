"""Answers of sources, for as long as the session lasts and no longer.

One sealed record an inquiry. The key is derived from a secret that only the citizen's cookie holds, so nobody can
read a record without it; session, subject, what was asked with which values, version and the shape of what was packed
are bound in, so a record cannot pass for another, nor for one of a type that has changed since.
The subject is whose session it is, or a child of theirs, whose records stand under a name of their own.
Only what would not be more when asked again is kept: a whole answer, and one that is longer than we can show or of
which we did not read a part. A failure, or an answer with another part missing, is asked again.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec
from psycopg import AsyncConnection

from portal.platform.access import sessions
from portal.platform.access.types import Session
from portal.platform.journal.types import Journalled
from portal.platform.keys.boxes import Box
from portal.platform.keys.errors import CannotOpen

from .inquiry import Inquiry
from .reading.outcomes import Nothing, Outcome, Partial, Ready, is_kept

LARGE = 256 * 1024  # bytes of a record

log = logging.getLogger("portal.sources")

_encode = msgspec.msgpack.Encoder().encode


class Packing(NamedTuple):
    """How the outcomes of one type of answer are opened, and what sums up their shape."""

    decode: Callable[[bytes], Outcome[Any]]
    shape: bytes


@cache
def _packing(kept_as: Any) -> Packing:
    """Make the packing of a type; raises TypeError for one that cannot be packed."""
    outcome: Any = Ready[kept_as] | Partial[kept_as] | Nothing
    # A record of a release before, of which a field has changed its name, would open with a hole that nobody sees.
    shape = msgspec.json.encode(msgspec.json.schema(outcome), order="deterministic")
    return Packing(msgspec.msgpack.Decoder(outcome).decode, sha256(shape).hexdigest().encode())


# %b: records go as bytes; as text each byte would cost two characters, and reading them back.
PUT = """
insert into sources_answer (session_id, citizen_id, dataset, sealed)
select %s, %s, unnest(%s::text[]), unnest(%b::bytea[])
where exists (select from access_session where id = %s)
on conflict (session_id, dataset) do update set sealed = excluded.sealed, kept_at = now()
"""
NAMES = "select dataset from sources_answer where session_id = %s and dataset = any(%s)"
GET = "select dataset, sealed from sources_answer where session_id = %s and dataset = any(%s)"


async def put(
    conn: AsyncConnection[Any],
    session: Session,
    outcomes: Iterable[tuple[Inquiry[Any, Any], Outcome[Any]]],
    *,
    about: str | None = None,
) -> None:
    """Keep the whole answers among these outcomes, in one statement. A session that ended keeps nothing.

    conn: as the citizen (`pool.as_citizen`). about: the number of the child whose answers these are.
    """
    box = Box(session.seal_key)
    names: list[str] = []
    sealed: list[bytes] = []
    for inquiry, outcome in outcomes:
        record = _sealed(box, session, inquiry, outcome, about)
        if record is not None:
            names.append(key_of(session, inquiry, about))
            sealed.append(record)
            await _let_others(len(record))
    if names:
        await conn.execute(PUT, (session.id, session.citizen_id, names, sealed, session.id), prepare=True)


async def names(
    conn: AsyncConnection[Any], session: Session, inquiries: Sequence[Inquiry[Any, Any]]
) -> frozenset[str]:
    """Name which of these the session has kept about its own citizen; nothing is opened.

    conn: as the citizen.
    """
    by_key = {key_of(session, inquiry, None): inquiry.name for inquiry in inquiries}
    cursor = await conn.execute(NAMES, (session.id, list(by_key)), prepare=True)
    return frozenset(by_key[key] for (key,) in await cursor.fetchall())


async def get(
    conn: AsyncConnection[Any],
    session: Session,
    inquiries: Sequence[Inquiry[Any, Any]],
    journalled: Journalled,
    *,
    about: str | None = None,
) -> dict[str, Outcome[Any]]:
    """Read the kept answers of these: AGENCY.WHAT -> outcome. What does not open is left out.

    conn: as the citizen; journalled: the journal's receipt for what is about to be shown; about: as for `put`.
    """
    journalled.check(inquiry.name for inquiry in inquiries)
    by_key = {key_of(session, inquiry, about): inquiry for inquiry in inquiries if inquiry.kept_as is not None}
    cursor = await conn.execute(GET, (session.id, list(by_key)), prepare=True, binary=True)
    box = Box(session.seal_key)
    found: dict[str, Outcome[Any]] = {}
    for key, sealed in await cursor.fetchall():
        inquiry = by_key[key]
        await _let_others(len(sealed))
        try:
            opened = box.open(sealed, _bound(session, inquiry, about))
            found[inquiry.name] = _packing(inquiry.kept_as).decode(opened)
        except (CannotOpen, msgspec.DecodeError, TypeError):
            continue  # tampered with, or written by another version: asking again is the cure
    return found


def _sealed(
    box: Box, session: Session, inquiry: Inquiry[Any, Any], outcome: Outcome[Any], about: str | None
) -> bytes | None:
    """Pack and seal an outcome; None for one that is not to be kept, or cannot be."""
    if inquiry.kept_as is None or not is_kept(outcome):
        return None
    try:
        return box.seal(_encode(outcome), _bound(session, inquiry, about))
    except (TypeError, ValueError, RecursionError) as error:
        # A type of ours that does not fit: that one is asked again, and the others of its page are kept all the same.
        log.error("%s could not be packed: %s", inquiry.name, type(error).__name__)
        return None


async def _let_others(size: int) -> None:
    """Give the loop back before or after a record that takes some milliseconds."""
    if size > LARGE:
        await asyncio.sleep(0)


def key_of(session: Session, inquiry: Inquiry[Any, Any], about: str | None) -> str:
    """Name a record: by what it holds; a child's, and one of several, also by what only this session derives."""
    whose = () if about is None else (sessions.person_handle(session, about),)
    which = (sessions.item_handle(session, _values(inquiry)),) if inquiry.values else ()
    return " ".join((inquiry.name, *whose, *which))


def _bound(session: Session, inquiry: Inquiry[Any, Any], about: str | None) -> bytes:
    """What a record is bound to besides its key: session, subject, what was asked, version, shape, values."""
    subject = session.identity.insz if about is None else about
    version, shape = inquiry.service.version, _packing(inquiry.kept_as).shape
    asked = (subject.encode(), inquiry.name.encode(), version.encode(), shape, _values(inquiry))
    return b"\0".join((session.id, *asked))


def _values(inquiry: Inquiry[Any, Any]) -> bytes:
    return _encode(sorted(inquiry.values.items())) if inquiry.values else b""
