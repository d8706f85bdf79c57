"""The entry in the journal about reading it: a citizen looked at who used their data."""

from typing import Any

from django.utils.translation import gettext_noop as _
from psycopg import AsyncConnection

from portal.platform.journal import actions
from portal.platform.journal.types import Occasion, begin, own_activity

LOOK = "look at who used own data"
USAGE = own_activity(
    "usage",
    title=_("Wie uw gegevens gebruikte"),
    purpose=_("U bekijkt wie uw gegevens gebruikte."),
    legal_basis=_("Uw recht om dat te weten (AVG, artikel 15)."),
    retention=_("Zolang de verantwoordelijken dat bepalen, of tot u alles laat wissen."),
)


async def note_look(conn: AsyncConnection[Any], occasion: Occasion) -> None:
    """Journal that a citizen looks, in the transaction that reads. On any error nothing may be shown."""
    await actions.record_done(conn, begin(LOOK, [USAGE], occasion))
