"""Answers of sources, for as long as the session lasts and no longer.

One sealed record an inquiry. The key is derived from a secret that only the citizen's cookie holds, so nobody can
read a record without it; session, subject, what was asked with which values, version and the shape of what was packed
are bound in, so a record cannot pass for another, nor for one of a type that has changed since.
The subject is whose session it is, or a child of theirs, whose records stand under a name of their own.
Only what would not be more when asked again is kept: a whole answer, and one that is longer than we can show or of
which we did not read a part. A failure, or an answer with another part missing, is asked again by every page that
asks. It is remembered beside that, under another name and never as an answer, for pages that ask nobody: they would
otherwise say that a source was not asked, of which another page just said that it did not answer.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec
from psycopg import AsyncConnection, errors

from portal.platform.access import sessions
from portal.platform.access.types import Session
from portal.platform.journal.types import JoinedCall, Journalled
from portal.platform.keys.boxes import Box
from portal.platform.keys.errors import CannotOpen

from ..inquiry import Inquiry
from ..reading.outcomes import Down, Late, Nothing, Outcome, Partial, Ready, is_kept

LARGE = 256 * 1024  # bytes of a record

log = logging.getLogger("portal.sources")

_encode = msgspec.msgpack.Encoder().encode


class Packing(NamedTuple):
    """How the outcomes of one type of answer are opened, and what sums up their shape."""

    decode: Callable[[bytes], Outcome[Any]]
    shape: bytes


class RecordKind(StrEnum):
    """What a session has of an inquiry: its answer, or the last try's outcome. The value ends the record's name."""

    ANSWER = ""
    PART = " !part"  # an answer that lacks what asking again may bring
    TROUBLE = " !trouble"  # no answer: nothing of anybody's


# Reasons that are no try of a source: each page judges them anew.
_NO_TRY = frozenset(("assurance", "journal"))


@cache
def _packing(kept_as: Any) -> Packing:
    """Make the packing of a type; raises TypeError for one that cannot be packed."""
    outcome: Any = Ready[kept_as] | Partial[kept_as] | Nothing | Late | Down
    # The shape refuses a record of an earlier release in which a field had another name: it would lack that value.
    shape = msgspec.json.encode(msgspec.json.schema(outcome), order="deterministic")
    return Packing(msgspec.msgpack.Decoder(outcome).decode, sha256(shape).hexdigest().encode())


# The argument sets the citizen: it is evaluated before the function begins, whose row walls then apply to them.
_AS_HOLDER = "pg_catalog.set_config('app.citizen', %(holder)s, true)::uuid, %(session)b"
READ = f"public.sources_kept({_AS_HOLDER}, %(names)s)"
# %b: records go as bytes; as text each byte would cost two characters, and reading them back.
KEEP = f"public.sources_keep({_AS_HOLDER}, %(names)s, %(sealed)b)"
NAMES = "select dataset from sources_answer where session_id = %s and dataset = any(%s) order by kept_at"


@dataclass(frozen=True, slots=True)
class Reading:
    """Records of a session to be read and opened, by themselves or in one message with the journal's entry.

    under: the number of the child whose answers these are. wanted: the inquiry and the kind of record, by its name.
    """

    session: Session
    under: str | None
    wanted: Mapping[str, tuple[Inquiry[Any, Any], RecordKind]]

    @property
    def along(self) -> JoinedCall:
        """Give the statement that reads them, for the citizen of the session and nobody else."""
        return JoinedCall(READ, {**_holder(self.session), "names": list(self.wanted)})

    async def open_outcomes(self, rows: Iterable[tuple[Any, ...]], journalled: Journalled) -> dict[str, Outcome[Any]]:
        """Open the rows: AGENCY.WHAT -> outcome. A row that does not open is left out.

        journalled: the journal's receipt for what is about to be shown.
        """
        journalled.check(inquiry.name for inquiry, _ in self.wanted.values())
        return await self._open_rows(rows)

    async def troubles(self, conn: AsyncConnection[Any]) -> dict[str, Late | Down]:
        """Read why the last tries failed; that is no personal data, so it is not journalled.

        conn: as the citizen.
        """
        along = self.along
        cursor = await conn.execute(along.statement.encode(), along.parameters, binary=True)
        found = await self._open_rows(await cursor.fetchall())
        return {name: outcome for name, outcome in found.items() if isinstance(outcome, Late | Down)}

    async def _open_rows(self, rows: Iterable[tuple[Any, ...]]) -> dict[str, Outcome[Any]]:
        box = Box(self.session.seal_key)
        found: dict[str, Outcome[Any]] = {}
        for key, sealed in rows:
            if key is None:
                continue  # nothing is kept: this one row belongs to the journal's entry
            inquiry, record = self.wanted[key]
            await _let_others(len(sealed))
            try:
                opened = box.open(sealed, _binding(self.session, inquiry, self.under, record))
                found[inquiry.name] = _packing(inquiry.kept_as).decode(opened)
            except (CannotOpen, msgspec.DecodeError, TypeError):
                continue  # tampered with, or written by another version: asking again is the cure
        return found


def records_to_read(
    session: Session, records: Iterable[tuple[Inquiry[Any, Any], RecordKind]], *, about: str | None = None
) -> Reading:
    """Choose the records of a session to be read."""
    wanted = {
        key_of(session, inquiry, about) + record: (inquiry, record)
        for inquiry, record in records
        if inquiry.kept_as is not None
    }
    return Reading(session, about, wanted)


async def statement_to_keep(
    session: Session, outcomes: Iterable[tuple[Inquiry[Any, Any], Outcome[Any]]], *, about: str | None = None
) -> JoinedCall | None:
    """Seal these outcomes, each as its kind of record, and give the statement that keeps them; None for nothing.

    The statement returns one row with the SQLSTATE of its error, or NULL. A session that ended keeps nothing.

    about: the number of the child whose answers these are.
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
            names.append(key_of(session, inquiry, about) + record)
            sealed.append(packed)
            await _let_others(len(packed))
    return JoinedCall(KEEP, {**_holder(session), "names": names, "sealed": sealed}) if names else None


def error_in(rows: Sequence[tuple[Any, ...]]) -> str:
    """Name the error by which the statement of `keeping` failed; "" for none."""
    ((state,),) = rows
    try:
        return "" if state is None else errors.lookup(state).__name__
    except KeyError:
        return str(state)


async def kept_records(
    conn: AsyncConnection[Any], session: Session, inquiries: Sequence[Inquiry[Any, Any]]
) -> dict[str, RecordKind]:
    """List which of these the session has about its own citizen; nothing is opened.

    An answer goes before other kinds of record; without one the newest counts. conn: as the citizen.
    """
    by_key = {
        key_of(session, inquiry, None) + record: (inquiry, record) for inquiry in inquiries for record in RecordKind
    }
    cursor = await conn.execute(NAMES, (session.id, list(by_key)), prepare=True)
    found: dict[str, RecordKind] = {}
    for (key,) in await cursor.fetchall():  # the newest last
        inquiry, record = by_key[key]
        if found.get(inquiry.name) is not RecordKind.ANSWER:
            found[inquiry.name] = record
    return found


def _record_of(outcome: Outcome[Any]) -> RecordKind | None:
    """Tell as which kind of record an outcome is kept; None for what was no try."""
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
        # A type of ours cannot be packed: this one is asked again, and the others of its page are kept all the same.
        log.error("%s could not be packed: %s", inquiry.name, type(error).__name__)
        return None


def _holder(session: Session) -> dict[str, object]:
    return {"holder": session.citizen_id.hex, "session": session.id}


async def _let_others(size: int) -> None:
    """Yield to the loop before or after a record that takes some milliseconds."""
    if size > LARGE:
        await asyncio.sleep(0)


def key_of(session: Session, inquiry: Inquiry[Any, Any], about: str | None) -> str:
    """Name a record by its inquiry; for a child, or with values, also by handles that only this session derives."""
    whose = () if about is None else (sessions.person_handle(session, about),)
    which = (sessions.item_handle(session, _values(inquiry)),) if inquiry.values else ()
    return " ".join((inquiry.name, *whose, *which))


def _binding(session: Session, inquiry: Inquiry[Any, Any], about: str | None, record: RecordKind) -> bytes:
    """Name what a record is bound to besides its key: session, subject, inquiry, version, shape, values, kind."""
    subject = session.identity.insz if about is None else about
    version, shape = inquiry.service.version, _packing(inquiry.kept_as).shape
    asked = (subject.encode(), inquiry.name.encode(), version.encode(), shape, _values(inquiry))
    return b"\0".join((session.id, *asked, record.encode()))


def _values(inquiry: Inquiry[Any, Any]) -> bytes:
    return _encode(sorted(inquiry.values.items())) if inquiry.values else b""
