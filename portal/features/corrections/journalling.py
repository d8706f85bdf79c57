"""What the journal says of a report: who made it, opened it to deliver it, looked at it; which body spoke of it."""

from django.utils.translation import gettext_noop as _
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.journal import actions
from portal.platform.journal.types import Activity, Actor, ActorKind, Journalled, Occasion, Operation, begin
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


async def reported(conn: AsyncConnection, entry: Entry, occasion: Occasion) -> None:
    """Write down that a citizen reports a datum, in the transaction that takes the report in."""
    await actions.record_done(conn, _operation(REPORT, entry, occasion))


async def pushed(conn: AsyncConnection, entry: Entry, occasion: Occasion) -> None:
    """Write down that a body says something of a report, in the transaction that takes it in."""
    await actions.record_done(conn, _operation(STATUS, entry, occasion))


async def opening(entry: Entry, occasion: Occasion) -> Journalled:
    """Write down that a report is about to be opened and delivered; each try by itself.

    Whatever is raised: do not open it.
    """
    async with pool.as_citizen(occasion.citizen_id) as conn:
        return await actions.record_asked(conn, _operation(DELIVER, entry, occasion))


async def looked(conn: AsyncConnection, occasion: Occasion, *, is_readable: bool) -> None:
    """Write down that a citizen is shown their reports, in the transaction that reads them.

    Whatever is raised: nothing may be shown.
    """
    operation = begin(LOOK, [OWN_REPORTS], occasion)
    await actions.record_done(conn, operation, {} if is_readable else {OWN_REPORTS.name: "down"})


def _operation(name: str, entry: Entry, occasion: Occasion) -> Operation:
    return begin(name, [rules.activity_of(entry)], occasion)
