"""What the journal says of a report: who made it, opened it to deliver it, looked at it; which body spoke of it."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_noop as _
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.journal import actions
from portal.platform.journal.types import CITIZEN, Activity, Actor, ActorKind, Journalled, Occasion, Operation, begin
from portal.platform.sources.catalogue import Entry

from . import rules

REPORT = "report wrong data"
DELIVER = "deliver a correction"
STATUS = "status of a correction"
LOOK = "look at own reports"
WORKER = Actor(ActorKind.SYSTEM, "worker")
OWN_REPORTS = Activity(
    body="burgerprofiel",
    body_name="Mijn Burgerprofiel",
    dataset="reports",
    title=_("Gemelde fouten"),
    purpose=_("U volgt wat er gebeurt met de fouten die u meldde."),
    legal_basis=_("Uw recht op verbetering (AVG, artikel 16)."),
    services=(),
    retention=rules.RETENTION,
)


async def reported(
    conn: AsyncConnection, entry: Entry, citizen_id: UUID, *, correlation_id: str, now: datetime
) -> None:
    """Write down that a citizen reports a datum, in the transaction that takes the report in."""
    await actions.record_done(conn, _operation(REPORT, entry, citizen_id, correlation_id, now, CITIZEN))


async def pushed(
    conn: AsyncConnection, entry: Entry, citizen_id: UUID, *, body: str, correlation_id: str, now: datetime
) -> None:
    """Write down that a body says something of a report, in the transaction that takes it in."""
    by = Actor(ActorKind.BODY, body)
    await actions.record_done(conn, _operation(STATUS, entry, citizen_id, correlation_id, now, by))


async def opening(report_id: UUID, entry: Entry, citizen_id: UUID, *, now: datetime) -> Journalled:
    """Write down that a report is about to be opened and delivered; each try by itself.

    Whatever is raised: do not open it.
    """
    operation = _operation(DELIVER, entry, citizen_id, str(report_id), now, WORKER)
    async with pool.as_citizen(citizen_id) as conn:
        return await actions.record_asked(conn, operation)


async def looked(
    conn: AsyncConnection, citizen_id: UUID, *, is_readable: bool, correlation_id: str, now: datetime
) -> None:
    """Write down that a citizen is shown their reports, in the transaction that reads them.

    Whatever is raised: nothing may be shown.
    """
    operation = begin(LOOK, [OWN_REPORTS], Occasion(citizen_id, now, correlation_id))
    await actions.record_done(conn, operation, {} if is_readable else {OWN_REPORTS.name: "down"})


def _operation(name: str, entry: Entry, citizen_id: UUID, correlation_id: str, now: datetime, by: Actor) -> Operation:
    return begin(name, [rules.activity_of(entry)], Occasion(citizen_id, now, correlation_id, by))
