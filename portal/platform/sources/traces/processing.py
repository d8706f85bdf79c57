"""The journal and the session's store, before and after a consultation.

What is about to be asked or shown is journalled first; when that fails, nothing is asked or shown. The statements of
the journal and of the store travel in one message: an overview costs two messages to the database, each a
transaction. Questions about somebody else, such as a child, are journalled under that person, and their answers are
kept in the session of whoever asked.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import psycopg

from portal.platform.access.types import Session
from portal.platform.database import pool
from portal.platform.journal import actions
from portal.platform.journal.types import Journalled, Operation, Result, begin

from ..inquiry import Consultation, Inquiry, InquiryOutcome
from ..reading.outcomes import Down, Late, Nothing, Outcome, name_of
from . import store
from .record_names import RecordKind

log = logging.getLogger("portal.sources")

type StoredOutcomes = dict[str, Outcome[Any]]


async def start(
    consultation: Consultation, inquiries: Sequence[Inquiry[Any, Any]], again: frozenset[str]
) -> tuple[Journalled, StoredOutcomes]:
    """Journal what is about to be asked or shown, and read the answers that the session has kept.

    again: names of inquiries to ask anew, whose kept answers are not read. On any error nothing may be shown.
    """
    operation = _operation(consultation, inquiries)
    session = consultation.session
    if session is None:
        journalled, _ = await actions.record_asked_at_once(operation)
        return journalled, {}
    to_read = ((inquiry, RecordKind.ANSWER) for inquiry in inquiries if inquiry.name not in again)
    reading = store.records_to_read(session, to_read, about=consultation.kept_under)
    try:
        journalled, rows = await actions.record_asked_at_once(operation, reading.along)
    except pool.NoConnection:
        raise  # a page has time to wait only once for the database
    except (psycopg.Error, pool.DatabaseBusy) as error:
        # If the journal failed, it fails here again; if the store did, its answers are asked again.
        journalled, _ = await actions.record_asked_at_once(operation)
        log.error("kept answers could not be read: %s", type(error).__name__)
        return journalled, {}
    return journalled, await reading.open_outcomes(rows, journalled)


async def end(
    consultation: Consultation,
    journalled: Journalled,
    kept: Mapping[str, Outcome[Any]],
    asked: Sequence[InquiryOutcome[Any, Any]],
    to_keep: Sequence[InquiryOutcome[Any, Any]],
    *,
    began: float | None = None,
) -> None:
    """Journal the outcomes and store those to keep; an answer that cannot be stored will be asked again.

    kept: what `start` read. began: when the asking began, as in `store.statement_to_keep`. Failures are only logged,
    because the page was already sent.
    """
    results = {name: _kept_result(outcome) for name, outcome in kept.items()} | _results(asked)
    try:
        trouble = await _settle(consultation, journalled, results, to_keep, began)
    except Exception as error:
        # Log the type only: an error of the database can quote a value.
        log.error("outcomes could not be journalled: %s", type(error).__name__)
        return
    if trouble:
        log.error("answers could not be kept: %s", trouble)


async def _settle(
    consultation: Consultation,
    journalled: Journalled,
    results: Mapping[str, Result],
    to_keep: Sequence[InquiryOutcome[Any, Any]],
    began: float | None,
) -> str:
    """Journal the outcomes and store the answers; give the error by which they were not stored, "" if they were."""
    trouble = ""
    if consultation.session is not None:
        try:
            along = await store.statement_to_keep(
                consultation.session, to_keep, about=consultation.kept_under, began=began
            )
            if along is not None:
                return store.error_in(await actions.record_outcomes_at_once(journalled, results, along))
        except Exception as error:
            # The store's statement returns its own failures, so this one is of the journal, the connection or a
            # timeout.
            trouble = type(error).__name__
    await actions.record_outcomes_at_once(journalled, results)
    return trouble


async def keep(session: Session, found: Sequence[InquiryOutcome[Any, Any]]) -> None:
    """Store outcomes for a session; an answer that cannot be stored will be asked again."""
    try:
        along = await store.statement_to_keep(session, found)
        if along is None:
            return
        async with pool.connection() as conn:
            cursor = await conn.execute(along.statement.encode(), along.parameters, prepare=True)
            trouble = store.error_in(await cursor.fetchall())
    except Exception as error:
        trouble = type(error).__name__
    if trouble:
        log.error("answers could not be kept: %s", trouble)


class Remembered(NamedTuple):
    """What a session has kept, by the names of inquiries: the kinds of answers, and failed attempts."""

    records: Mapping[str, RecordKind]
    troubles: Mapping[str, Late | Down]


async def find_kept(session: Session, inquiries: Sequence[Inquiry[Any, Any]]) -> Remembered:
    """Find what the session has kept of these inquiries. No personal data is opened, so nothing is journalled.

    Failures of ours are only logged: an inquiry that is not known to be kept can be asked.
    """
    try:
        async with pool.as_citizen(session.citizen_id) as conn:
            records = await store.kept_records(conn, session, inquiries)
            of_trouble = RecordKind.TROUBLE
            in_trouble = [(each, of_trouble) for each in inquiries if records.get(each.name) is of_trouble]
            troubles = await store.records_to_read(session, in_trouble).troubles(conn) if in_trouble else {}
    except (psycopg.Error, pool.DatabaseBusy) as error:
        log.error("names of kept answers could not be read: %s", type(error).__name__)
        return Remembered({}, {})
    return Remembered({name: one for name, one in records.items() if one is not RecordKind.TROUBLE}, troubles)


async def read_kept_answers(
    consultation: Consultation,
    session: Session,
    records: Mapping[str, RecordKind],
    of: Sequence[Inquiry[Any, Any]],
) -> StoredOutcomes:
    """Journal that these kept answers are read, read them, and journal the outcomes.

    records: the kind of each answer, by the names of inquiries. On any error nothing may be shown.
    """
    operation = _operation(consultation, of)
    reading = store.records_to_read(session, ((inquiry, records[inquiry.name]) for inquiry in of))
    journalled, rows = await actions.record_asked_at_once(operation, reading.along)
    found = await reading.open_outcomes(rows, journalled)
    await end(consultation, journalled, found, [], [])
    return found


def _operation(consultation: Consultation, inquiries: Sequence[Inquiry[Any, Any]]) -> Operation:
    """Make the journal's operation of a consultation, with an activity for each inquiry."""
    activities = [inquiry.activity(consultation.purpose) for inquiry in inquiries]
    return begin(consultation.purpose.operation, activities, consultation.occasion)


def _kept_result(outcome: Outcome[Any]) -> Result:
    return "kept_nothing" if isinstance(outcome, Nothing) else "kept_ready"


def _results(asked: Iterable[InquiryOutcome[Any, Any]]) -> dict[str, Result]:
    return {inquiry.name: name_of(outcome) for inquiry, outcome in asked}
