"""Entries in the journal about reports: a citizen makes or reads one, the worker opens one, a body sends a status."""

from django.utils.translation import gettext_noop as _
from psycopg import AsyncConnection

from portal.platform.journal import actions
from portal.platform.journal.types import Journalled, Occasion, Operation, begin, own_activity
from portal.platform.sources.catalogue import DatasetEntry

from . import rules

REPORT = "report wrong data"
DELIVER = "deliver a correction"
STATUS = "status of a correction"
LOOK = "look at own reports"
OWN_REPORTS = own_activity(
    "reports",
    title=_("Gemelde fouten"),
    purpose=_("U volgt wat er gebeurt met de fouten die u meldde."),
    legal_basis=_("Uw recht op verbetering (AVG, artikel 16)."),
    retention=rules.RETENTION,
)


async def note_report(conn: AsyncConnection, entry: DatasetEntry, occasion: Occasion) -> None:
    """Journal that a citizen reports a datum, in the transaction that takes the report in."""
    await actions.record_done(conn, _operation(REPORT, entry, occasion))


async def note_status(conn: AsyncConnection, entry: DatasetEntry, occasion: Occasion) -> None:
    """Journal that a body sends a status, in the transaction that takes it in."""
    await actions.record_done(conn, _operation(STATUS, entry, occasion))


async def note_opening(entry: DatasetEntry, occasion: Occasion) -> Journalled:
    """Journal that a report is about to be opened and delivered, at each try. On any error it may not be opened."""
    return await actions.record_asked_alone(_operation(DELIVER, entry, occasion))


async def note_look(conn: AsyncConnection, occasion: Occasion, *, is_readable: bool) -> None:
    """Journal that a citizen reads their reports, in that transaction. On any error nothing may be shown.

    is_readable: whether any of them could be opened.
    """
    operation = begin(LOOK, [OWN_REPORTS], occasion)
    await actions.record_done(conn, operation, {} if is_readable else {OWN_REPORTS.name: "down"})


def _operation(name: str, entry: DatasetEntry, occasion: Occasion) -> Operation:
    return begin(name, [rules.activity_of(entry)], occasion)
