"""What the journal says of access: that a citizen looked at where they are signed in."""

from typing import Any

from django.utils.translation import gettext_noop as _
from psycopg import AsyncConnection

from portal.platform.journal import actions
from portal.platform.journal.types import Occasion, begin, own_activity

LOOK = "look at own sessions"
SESSIONS = own_activity(
    "sessions",
    title=_("Waar u aangemeld bent"),
    purpose=_("U bekijkt op welke toestellen u aangemeld bent."),
    legal_basis=_("De beveiliging van uw gegevens (AVG, artikel 32)."),
    retention=_("Tot u zich afmeldt, en hoogstens 12 uur."),
)


async def note_own_sessions(conn: AsyncConnection[Any], occasion: Occasion) -> None:
    """Journal that the means and device of the citizen's sessions are shown. Whoever gets an error shows nothing."""
    await actions.record_done(conn, begin(LOOK, [SESSIONS], occasion))
