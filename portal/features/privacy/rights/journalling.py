"""Entries in the journal about requests: made, read or closed by a citizen, forwarded, answered by our desk."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_noop as _
from psycopg import AsyncConnection

from portal.platform.journal import actions
from portal.platform.journal.types import WORKER, Journalled, Occasion, begin, own_activity

from . import rules

ASK = "ask for a right"
LOOK = "look at own requests"
CLOSE = "close an own request"
FORWARD = "forward a request"
SAY = "say what became of a request"
REQUESTS = own_activity(
    "rights",
    title=_("Verzoeken over uw rechten"),
    purpose=_("U gebruikt een recht over uw gegevens, en volgt wat ermee gebeurt."),
    legal_basis=_("Onze plicht om uw rechten te laten gelden (AVG, artikelen 12 en 15 tot 22)."),
    retention=rules.RETENTION,
)


async def note(conn: AsyncConnection, name: str, occasion: Occasion, *, is_readable: bool = True) -> None:
    """Journal an operation (a constant above) in the transaction that does it. On any error it may not be done.

    is_readable: whether a request that is shown could be opened.
    """
    operation = begin(name, [REQUESTS], occasion)
    await actions.record_done(conn, operation, {} if is_readable else {REQUESTS.name: "down"})


async def note_opening(request_id: UUID, citizen_id: UUID, now: datetime) -> Journalled:
    """Journal that a request is about to be opened and forwarded, at each try. On any error it may not be opened."""
    occasion = Occasion(citizen_id, now, str(request_id), WORKER)
    return await actions.record_asked_alone(begin(FORWARD, [REQUESTS], occasion))
