"""A citizen's data asked for and shown, with the journal before and after it.

What is about to be asked or shown is written down first; when that fails, nothing is. The kept answers are read, and
written, in the same transactions: two an overview.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import psycopg

from portal.platform.access.types import Assurance, Session
from portal.platform.database import pool
from portal.platform.journal import actions
from portal.platform.journal.types import (
    CITIZEN,
    Actor,
    ActorKind,
    Journalled,
    Occasion,
    Operation,
    Purpose,
    Result,
    begin,
)
from portal.platform.keys import subjects

from . import store
from .catalogue import Entry, Found
from .reading.outcomes import Nothing, Outcome, name_of

log = logging.getLogger("portal.sources")

SIGN_IN = "sign in"
LOOK = "look at own data"
LOOK_AT_CHILD = "look at a child's data"


class Subject(msgspec.Struct, frozen=True):
    """Whose data it is, when that is not who signed in. Never printed: `repr` is empty on purpose."""

    insz: str
    citizen_id: UUID

    def __repr__(self) -> str:
        return "Subject(…)"


def may_see(session: Session, entry: Entry) -> bool:
    """Tell whether someone signed in surely enough for a dataset."""
    return session.identity.assurance >= Assurance[entry.dataset.assurance.upper()]


async def look(
    session: Session, entries: Sequence[Entry], *, again: frozenset[str], correlation_id: str
) -> tuple[Journalled, dict[str, Outcome]]:
    """Write down that a citizen looks at their own data, and read what the session kept of it.

    again: names of what is to be asked anew, of which nothing is read. Whatever is raised: nothing may be shown.
    """
    subject = session.journal_subject
    operation = _operation(session.citizen_id, entries, Purpose.OWN_DATA, LOOK, correlation_id, subject=subject)
    kept_of = [entry for entry in entries if entry.name not in again]
    journalled = None
    try:
        async with pool.as_citizen(session.citizen_id, subject=subject) as conn:
            journalled = await actions.record_asked(conn, operation)
            kept = await store.get(conn, session, kept_of, journalled)
    except (psycopg.Error, pool.DatabaseBusy) as error:
        if journalled is None:
            raise
        # It was the store's: what cannot be read now is asked again.
        log.error("kept answers could not be read: %s", type(error).__name__)
        async with pool.as_citizen(session.citizen_id, subject=subject) as conn:
            return await actions.record_asked(conn, operation), {}
    return journalled, kept


async def settle(
    session: Session, journalled: Journalled, kept: Mapping[str, Outcome], asked: Sequence[Found]
) -> None:
    """Write down what came of it, and keep the whole answers; what cannot be kept now is asked again.

    kept: what `look` read, as far as it was shown. Trouble is logged only: the citizen has their page.
    """
    results = {name: _kept_result(outcome) for name, outcome in kept.items()} | _results(asked)
    is_recorded = False
    try:
        async with pool.as_citizen(session.citizen_id, subject=journalled.operation.subject) as conn:
            await actions.record_outcomes(conn, journalled, results)
            is_recorded = True
            await store.put(conn, session, asked)
    except Exception as error:
        # The type only: a message of the database can quote a value.
        log.error("answers could not be kept: %s", type(error).__name__)
        if is_recorded:
            await _end(session.citizen_id, journalled, results)


async def kept_names(session: Session, entries: Sequence[Entry]) -> frozenset[str]:
    """Name which of these datasets the session has kept. No data is read, so the journal has nothing to hear.

    Trouble is logged only: what is not known to be kept can be asked.
    """
    try:
        async with pool.as_citizen(session.citizen_id) as conn:
            return await store.names(conn, session, entries)
    except (psycopg.Error, pool.DatabaseBusy) as error:
        log.error("names of kept answers could not be read: %s", type(error).__name__)
        return frozenset()


async def look_at_child(
    session: Session, child: Subject, entries: Sequence[Entry], *, again: frozenset[str], correlation_id: str
) -> tuple[Journalled, dict[str, Outcome]]:
    """Write down, with the child, that a parent looks at their data, and read what the parent's session kept of it.

    As `look`, but for the wall: the entry is about the child, so it stands where the child can read it one day.
    """
    parent = Actor(ActorKind.PARENT, str(session.journal_subject or await subjects.of(session.citizen_id)))
    operation = _operation(child.citizen_id, entries, Purpose.CHILD, LOOK_AT_CHILD, correlation_id, actor=parent)
    async with pool.as_citizen(child.citizen_id) as conn:
        journalled = await actions.record_asked(conn, operation)
    try:
        async with pool.as_citizen(session.citizen_id) as conn:
            kept_of = [entry for entry in entries if entry.name not in again]
            return journalled, await store.get(conn, session, kept_of, journalled, about=child.insz)
    except (psycopg.Error, pool.DatabaseBusy) as error:
        log.error("kept answers could not be read: %s", type(error).__name__)
        return journalled, {}


async def settle_child(
    session: Session,
    child: Subject,
    journalled: Journalled,
    kept: Mapping[str, Outcome],
    asked: Sequence[Found],
    *,
    to_keep: Sequence[Found],
) -> None:
    """Write down with the child what came of it, and keep for the parent's session what they were shown."""
    results = {name: _kept_result(outcome) for name, outcome in kept.items()} | _results(asked)
    await _end(child.citizen_id, journalled, results)
    try:
        async with pool.as_citizen(session.citizen_id) as conn:
            await store.put(conn, session, to_keep, about=child.insz)
    except Exception as error:
        log.error("answers could not be kept: %s", type(error).__name__)


async def keep(session: Session, found: Found) -> None:
    """Keep one answer that was asked before there was a session; what cannot be kept now is asked again."""
    try:
        async with pool.as_citizen(session.citizen_id) as conn:
            await store.put(conn, session, [found])
    except Exception as error:
        log.error("an answer could not be kept: %s", type(error).__name__)


async def asked_at_sign_in(citizen_id: UUID, entry: Entry, *, correlation_id: str) -> Journalled:
    """Write down that the register is asked whether somebody is old enough. Whatever is raised: do not ask."""
    operation = _operation(citizen_id, [entry], Purpose.OF_AGE, SIGN_IN, correlation_id)
    async with pool.as_citizen(citizen_id) as conn:
        return await actions.record_asked(conn, operation)


async def answered_at_sign_in(citizen_id: UUID, journalled: Journalled, found: Found) -> None:
    """Write down what came of that; trouble is logged only."""
    await _end(citizen_id, journalled, _results([found]))


async def _end(citizen_id: UUID, journalled: Journalled, results: Mapping[str, Result]) -> None:
    try:
        async with pool.as_citizen(citizen_id, subject=journalled.operation.subject) as conn:
            await actions.record_outcomes(conn, journalled, results)
    except Exception as error:
        log.error("outcomes could not be journalled: %s", type(error).__name__)


def _operation(
    citizen_id: UUID,
    entries: Iterable[Entry],
    purpose: Purpose,
    name: str,
    correlation_id: str,
    *,
    actor: Actor = CITIZEN,
    subject: UUID | None = None,
) -> Operation:
    activities = [entry.processing[purpose] for entry in entries]
    return begin(name, activities, Occasion(citizen_id, datetime.now(UTC), correlation_id, actor, subject))


def _kept_result(outcome: Outcome) -> Result:
    return "kept_nothing" if isinstance(outcome, Nothing) else "kept_ready"


def _results(found: Iterable[Found]) -> dict[str, Result]:
    return {entry.name: name_of(outcome) for entry, outcome in found}
