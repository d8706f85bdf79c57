"""The store of answers: sealed records that live as long as the session and no longer.

There is at most one record of each kind for an inquiry with its values. The key that seals it is derived from a
secret that only the citizen's cookie holds, so nobody can read it without the cookie. It is bound to session,
subject, inquiry, values, version, kind and the shape of its type, so that a record cannot pass for another, nor be
read as a type that has changed since. The subject is the citizen of the session, or a child of theirs. A record's
name (`record_names`) says which it is in its session; the name of its inquiry is only the first part.

Answers are kept that asking again would not complete: whole ones, and those that lack only what we cannot show or did
not read. Any other outcome (a failure, another missing part) is asked again by every page that asks. It is also kept,
as another kind of record, for pages that ask nobody (`asking.read_kept`): these would otherwise say that a source was
not asked, while another page just said that it did not answer.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec
from psycopg import AsyncConnection, errors

from portal.platform.access.types import Session
from portal.platform.journal.types import JoinedCall, Journalled
from portal.platform.keys.boxes import Box
from portal.platform.keys.errors import CannotOpen

from ..inquiry import Inquiry
from ..reading.outcomes import Down, Late, Nothing, Outcome, Partial, Ready, is_kept
from .record_names import RecordKind, base_name, values_of

LARGE = 256 * 1024  # bytes of a record

log = logging.getLogger("portal.sources")

_encode = msgspec.msgpack.Encoder().encode


class Packing(NamedTuple):
    """How records of one type of answer are decoded, and a digest of that type's shape."""

    decode: Callable[[bytes], Outcome[Any]]
    shape: bytes


# Reasons with which no source was tried: each page judges them anew, so they are not kept.
_NO_TRY = frozenset(("assurance", "journal"))


@cache
def _packing(kept_as: Any) -> Packing:
    """Make the packing of a type; raises TypeError for one that cannot be packed."""
    outcome: Any = Ready[kept_as] | Partial[kept_as] | Nothing | Late | Down
    # By its shape a record of an earlier release is refused in which a field had another name.
    shape = msgspec.json.encode(msgspec.json.schema(outcome), order="deterministic")
    return Packing(msgspec.msgpack.Decoder(outcome).decode, sha256(shape).hexdigest().encode())


# Evaluating this argument sets the citizen for row-level security, before the function itself begins.
_AS_HOLDER = "pg_catalog.set_config('app.citizen', %(holder)s, true)::uuid, %(session)b"
READ = f"public.sources_kept({_AS_HOLDER}, %(names)s)"
# %b: records travel in binary; as text each byte would take two characters and have to be parsed.
KEEP = f"public.sources_keep({_AS_HOLDER}, %(names)s, %(sealed)b, %(seconds_ago)s)"
NAMES = "select dataset from sources_answer where session_id = %s and dataset = any(%s) order by kept_at"


@dataclass(frozen=True, slots=True)
class Reading:
    """Records of a session to be read and opened, by themselves or in one message with the journal's entry.

    child: the national number of the child whose answers these are, None for the session's own citizen. wanted: the
    inquiry and the kind of each record, by the record's name.
    """

    session: Session
    child: str | None
    wanted: Mapping[str, tuple[Inquiry[Any, Any], RecordKind]]

    @property
    def along(self) -> JoinedCall:
        """Give the statement that reads the records, as the citizen of the session."""
        return JoinedCall(READ, {**_holder(self.session), "names": list(self.wanted)})

    async def open_outcomes(self, rows: Iterable[tuple[Any, ...]], journalled: Journalled) -> dict[str, Outcome[Any]]:
        """Open the rows: outcomes by the names of inquiries. A row that does not open is left out.

        rows: what `along` returned: a record's name (None in a row that only carries the journal's entry) and the
        sealed record. journalled: the journal's receipt for the inquiries.
        """
        journalled.check(inquiry.name for inquiry, _ in self.wanted.values())
        return await self._open_rows(rows)

    async def troubles(self, conn: AsyncConnection[Any]) -> dict[str, Late | Down]:
        """Read how the last attempts failed; that is no personal data, so it is not journalled.

        conn: as the citizen.
        """
        along = self.along
        cursor = await conn.execute(along.statement.encode(), along.parameters, binary=True)
        found = await self._open_rows(await cursor.fetchall())
        return {name: outcome for name, outcome in found.items() if isinstance(outcome, Late | Down)}

    async def _open_rows(self, rows: Iterable[tuple[Any, ...]]) -> dict[str, Outcome[Any]]:
        box = Box(self.session.seal_key)
        found: dict[str, Outcome[Any]] = {}
        for name, sealed in rows:
            if name is None:
                continue  # without records there is one row without a name, which carries the journal's entry
            inquiry, record = self.wanted[name]
            await _let_others(len(sealed))
            try:
                opened = box.open(sealed, _binding(self.session, inquiry, self.child, record))
                found[inquiry.name] = _packing(inquiry.kept_as).decode(opened)
            except (CannotOpen, msgspec.DecodeError, TypeError):
                continue  # tampered with, or written by another version: asking again is the cure
        return found


def records_to_read(
    session: Session, records: Iterable[tuple[Inquiry[Any, Any], RecordKind]], *, about: str | None = None
) -> Reading:
    """Choose records of a session to be read; an inquiry whose answers are not kept is left out.

    about: the child's national number, as in `Reading`.
    """
    wanted = {
        base_name(session, inquiry, about) + record: (inquiry, record)
        for inquiry, record in records
        if inquiry.kept_as is not None
    }
    return Reading(session, about, wanted)


async def statement_to_keep(
    session: Session,
    outcomes: Iterable[tuple[Inquiry[Any, Any], Outcome[Any]]],
    *,
    about: str | None = None,
    began: float | None = None,
) -> JoinedCall | None:
    """Seal these outcomes, each as its kind of record, and give the statement that keeps them; None for nothing.

    The statement returns one row with the SQLSTATE of its error, or NULL. A session that ended keeps nothing. The
    record of an asking that began later stays: tabs ask at the same time, and each keeps when its page ends.

    about: the child's national number, as in `Reading`. began: when the asking began, by the monotonic clock; None
    for now. How long ago that was goes along, since only the database's clock is the same for all processes.
    """
    box = Box(session.seal_key)
    names: list[str] = []
    sealed: list[bytes] = []
    for inquiry, outcome in outcomes:
        record = _record_of(outcome)
        # Other records than answers are for pages that ask nobody, and these are never about a child.
        if record is None or (about is not None and record is not RecordKind.ANSWER):
            continue
        packed = _seal(box, session, inquiry, outcome, about, record)
        if packed is not None:
            names.append(base_name(session, inquiry, about) + record)
            sealed.append(packed)
            await _let_others(len(packed))
    if not names:
        return None
    # In one order, so that two tabs that end at the same moment do not wait for each other's rows.
    names, sealed = map(list, zip(*sorted(zip(names, sealed, strict=True)), strict=True))
    seconds_ago = 0.0 if began is None else time.monotonic() - began
    return JoinedCall(KEEP, {**_holder(session), "names": names, "sealed": sealed, "seconds_ago": seconds_ago})


def error_in(rows: Sequence[tuple[Any, ...]]) -> str:
    """Name the error in the row that the statement of `statement_to_keep` returned; "" for none."""
    ((state,),) = rows
    try:
        return "" if state is None else errors.lookup(state).__name__
    except KeyError:
        return str(state)


async def kept_records(
    conn: AsyncConnection[Any], session: Session, inquiries: Sequence[Inquiry[Any, Any]]
) -> dict[str, RecordKind]:
    """Find which kind of record the session has of these inquiries, about its own citizen, by the names of inquiries.

    An inquiry without a record is left out, and nothing is opened. An answer counts before other kinds of record;
    without one the newest counts. conn: as the citizen.
    """
    by_name = {
        base_name(session, inquiry, None) + record: (inquiry, record)
        for inquiry in inquiries
        for record in RecordKind
    }
    cursor = await conn.execute(NAMES, (session.id, list(by_name)), prepare=True)
    found: dict[str, RecordKind] = {}
    for (name,) in await cursor.fetchall():  # the newest last
        inquiry, record = by_name[name]
        if found.get(inquiry.name) is not RecordKind.ANSWER:
            found[inquiry.name] = record
    return found


def _record_of(outcome: Outcome[Any]) -> RecordKind | None:
    """Give the kind of record as which an outcome is kept; None where no source was tried."""
    if is_kept(outcome):
        return RecordKind.ANSWER
    if isinstance(outcome, Partial):
        return RecordKind.PART
    return None if isinstance(outcome, Down) and outcome.reason in _NO_TRY else RecordKind.TROUBLE


def _seal(
    box: Box,
    session: Session,
    inquiry: Inquiry[Any, Any],
    outcome: Outcome[Any],
    about: str | None,
    record: RecordKind,
) -> bytes | None:
    """Pack and seal an outcome; None for one that must not or cannot be kept."""
    if inquiry.kept_as is None:
        return None
    try:
        return box.seal(_encode(outcome), _binding(session, inquiry, about, record))
    except (TypeError, ValueError, RecursionError) as error:
        # A type of ours that cannot be packed is asked again; the other answers of its page are kept all the same.
        log.error("%s could not be packed: %s", inquiry.name, type(error).__name__)
        return None


def _holder(session: Session) -> dict[str, object]:
    return {"holder": session.citizen_id.hex, "session": session.id}


async def _let_others(size: int) -> None:
    """Yield to the loop before or after a record that takes some milliseconds."""
    if size > LARGE:
        await asyncio.sleep(0)


def _binding(session: Session, inquiry: Inquiry[Any, Any], about: str | None, record: RecordKind) -> bytes:
    """Give the associated data of a record: session, subject, inquiry, version, shape, values, kind."""
    subject = session.identity.insz if about is None else about
    version, shape = inquiry.service.version, _packing(inquiry.kept_as).shape
    asked = (subject.encode(), inquiry.name.encode(), version.encode(), shape, values_of(inquiry))
    return b"\0".join((session.id, *asked, record.encode()))
