"""Answers of sources, for as long as the session lasts and no longer.

One sealed record a dataset. The key is derived from a secret that only the citizen's cookie holds, so nobody can
read a record without it; session, subject, dataset and version are bound in, so a record cannot pass for another.
The subject is whose session it is, or a child of theirs, whose records stand under a name of their own.
Only what would not be more when asked again is kept: a whole answer, and one that is longer than we can show or of
which we did not read a part. A failure, or an answer with another part missing, is asked again.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from psycopg import AsyncConnection

from portal.platform.access import sessions
from portal.platform.access.types import Session
from portal.platform.journal.types import Journalled
from portal.platform.keys.boxes import Box
from portal.platform.keys.errors import CannotOpen

from .catalogue import Entry
from .reading.outcomes import Facts, Nothing, Outcome, Partial, Ready, is_kept

Kept = Ready[Facts] | Partial[Facts] | Nothing

LARGE = 256 * 1024  # bytes of a record

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Kept).decode

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
    outcomes: Iterable[tuple[Entry, Outcome]],
    *,
    about: str | None = None,
) -> None:
    """Keep the whole answers among these outcomes, in one statement. A session that ended keeps nothing.

    conn: as the citizen (`pool.as_citizen`). about: the number of the child whose answers these are.
    """
    box = Box(session.seal_key)
    names: list[str] = []
    sealed: list[bytes] = []
    for entry, outcome in outcomes:
        if is_kept(outcome):
            names.append(key_of(session, entry, about))
            sealed.append(box.seal(_encode(outcome), _bound(session, entry, about)))
            await _let_others(len(sealed[-1]))
    if names:
        await conn.execute(PUT, (session.id, session.citizen_id, names, sealed, session.id), prepare=True)


async def names(conn: AsyncConnection[Any], session: Session, entries: Sequence[Entry]) -> frozenset[str]:
    """Name which of these datasets the session has kept about its own citizen; nothing is opened.

    conn: as the citizen.
    """
    of_own = [key_of(session, entry, None) for entry in entries]
    cursor = await conn.execute(NAMES, (session.id, of_own), prepare=True)
    return frozenset(name for (name,) in await cursor.fetchall())


async def get(
    conn: AsyncConnection[Any],
    session: Session,
    entries: Sequence[Entry],
    journalled: Journalled,
    *,
    about: str | None = None,
) -> dict[str, Outcome]:
    """Read the kept answers of these datasets: AGENCY.DATASET -> outcome. What does not open is left out.

    conn: as the citizen; journalled: the journal's receipt for what is about to be shown; about: as for `put`.
    """
    journalled.check(entry.name for entry in entries)
    by_key = {key_of(session, entry, about): entry for entry in entries}
    cursor = await conn.execute(GET, (session.id, list(by_key)), prepare=True, binary=True)
    box = Box(session.seal_key)
    found: dict[str, Outcome] = {}
    for key, sealed in await cursor.fetchall():
        entry = by_key[key]
        await _let_others(len(sealed))
        try:
            found[entry.name] = _decode(box.open(sealed, _bound(session, entry, about)))
        except (CannotOpen, msgspec.DecodeError):
            continue  # tampered with, or written by another version: asking again is the cure
    return found


async def _let_others(size: int) -> None:
    """Give the loop back before or after a record that takes some milliseconds."""
    if size > LARGE:
        await asyncio.sleep(0)


def key_of(session: Session, entry: Entry, about: str | None) -> str:
    """Name a record in the table: by its dataset, a child's also by what only this session can derive."""
    return entry.name if about is None else f"{entry.name} {sessions.person_handle(session, about)}"


def _bound(session: Session, entry: Entry, about: str | None) -> bytes:
    """What a record is bound to besides its key: session, subject, dataset, version."""
    subject = session.identity.insz if about is None else about
    version = entry.dataset.service.version
    return b"\0".join((session.id, subject.encode(), entry.name.encode(), version.encode()))
