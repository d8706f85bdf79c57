"""The journal before and after a consultation, and what the session keeps.

What is about to be asked or shown is written down first; when that fails, nothing is. For one's own data the kept
answers are read, and written, in the same transactions: two an overview. What is asked about another, as a child, is
written down with them, and kept with whoever asked.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import psycopg

from portal.platform.access.types import Session
from portal.platform.database import pool
from portal.platform.journal import actions
from portal.platform.journal.types import Journalled, Operation, Result, begin

from . import store
from .fetch import Asked
from .inquiry import Consultation, Inquiry
from .reading.outcomes import Nothing, Outcome, name_of

log = logging.getLogger("portal.sources")

type Kept = dict[str, Outcome[Any]]


async def start(
    consultation: Consultation, inquiries: Sequence[Inquiry[Any, Any]], again: frozenset[str]
) -> tuple[Journalled, Kept]:
    """Write down what is about to be asked or shown, and read what the session kept of it.

    again: names of what is to be asked anew, of which nothing is read. Whatever is raised: nothing may be shown.
    """
    activities = [inquiry.activity(consultation.purpose) for inquiry in inquiries]
    operation = begin(consultation.purpose.operation, activities, consultation.occasion)
    to_read = [inquiry for inquiry in inquiries if inquiry.name not in again]
    session = consultation.session
    if session is not None and consultation.kept_under is None:
        return await _start_own(session, operation, to_read)
    async with pool.as_citizen(consultation.occasion.citizen_id, subject=operation.subject) as conn:
        journalled = await actions.record_asked(conn, operation)
    if session is None:
        return journalled, {}
    try:
        async with pool.as_citizen(session.citizen_id) as conn:
            return journalled, await store.get(conn, session, to_read, journalled, about=consultation.kept_under)
    except (psycopg.Error, pool.DatabaseBusy) as error:
        log.error("kept answers could not be read: %s", type(error).__name__)
        return journalled, {}


async def end(
    consultation: Consultation,
    journalled: Journalled,
    kept: Mapping[str, Outcome[Any]],
    asked: Sequence[Asked[Any, Any]],
    to_keep: Sequence[Asked[Any, Any]],
) -> None:
    """Write down what came of it, and keep the whole answers; what cannot be kept now is asked again.

    kept: what `start` read. Trouble is logged only: the citizen has their page.
    """
    results = {name: _kept_result(outcome) for name, outcome in kept.items()} | _results(asked)
    session = consultation.session
    if session is not None and consultation.kept_under is None:
        await _end_own(session, journalled, results, to_keep)
        return
    await _record(consultation.occasion.citizen_id, journalled, results)
    if session is not None:
        await keep(session, to_keep, about=consultation.kept_under)


async def keep(session: Session, found: Sequence[Asked[Any, Any]], *, about: str | None = None) -> None:
    """Keep the whole answers among these for a session; what cannot be kept now is asked again."""
    try:
        async with pool.as_citizen(session.citizen_id) as conn:
            await store.put(conn, session, found, about=about)
    except Exception as error:
        # The type only: a message of the database can quote a value.
        log.error("answers could not be kept: %s", type(error).__name__)


async def kept_names(session: Session, inquiries: Sequence[Inquiry[Any, Any]]) -> frozenset[str]:
    """Name which of these the session has kept. No data is read, so the journal has nothing to hear.

    Trouble is logged only: what is not known to be kept can be asked.
    """
    try:
        async with pool.as_citizen(session.citizen_id) as conn:
            return await store.names(conn, session, inquiries)
    except (psycopg.Error, pool.DatabaseBusy) as error:
        log.error("names of kept answers could not be read: %s", type(error).__name__)
        return frozenset()


async def _start_own(
    session: Session, operation: Operation, to_read: Sequence[Inquiry[Any, Any]]
) -> tuple[Journalled, Kept]:
    journalled, subject = None, operation.subject
    try:
        async with pool.as_citizen(session.citizen_id, subject=subject) as conn:
            journalled = await actions.record_asked(conn, operation)
            return journalled, await store.get(conn, session, to_read, journalled)
    except (psycopg.Error, pool.DatabaseBusy) as error:
        if journalled is None:
            raise
        # It was the store's: what cannot be read now is asked again.
        log.error("kept answers could not be read: %s", type(error).__name__)
    async with pool.as_citizen(session.citizen_id, subject=subject) as conn:
        return await actions.record_asked(conn, operation), {}


async def _end_own(
    session: Session, journalled: Journalled, results: Mapping[str, Result], to_keep: Sequence[Asked[Any, Any]]
) -> None:
    is_recorded = False
    try:
        async with pool.as_citizen(session.citizen_id, subject=journalled.operation.subject) as conn:
            await actions.record_outcomes(conn, journalled, results)
            is_recorded = True
            await store.put(conn, session, to_keep)
    except Exception as error:
        if not is_recorded:
            log.error("outcomes could not be journalled: %s", type(error).__name__)
            return
        log.error("answers could not be kept: %s", type(error).__name__)
        await _record(session.citizen_id, journalled, results)


async def _record(citizen_id: UUID, journalled: Journalled, results: Mapping[str, Result]) -> None:
    try:
        async with pool.as_citizen(citizen_id, subject=journalled.operation.subject) as conn:
            await actions.record_outcomes(conn, journalled, results)
    except Exception as error:
        log.error("outcomes could not be journalled: %s", type(error).__name__)


def _kept_result(outcome: Outcome[Any]) -> Result:
    return "kept_nothing" if isinstance(outcome, Nothing) else "kept_ready"


def _results(asked: Iterable[Asked[Any, Any]]) -> dict[str, Result]:
    return {inquiry.name: name_of(outcome) for inquiry, outcome in asked}
