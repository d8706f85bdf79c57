"""What the journal says of the marks that people give their dossiers, and of what was reported to them."""

from typing import Any

from django.utils.translation import gettext_noop as _
from psycopg import AsyncConnection

from portal.platform.journal import actions
from portal.platform.journal.types import Occasion, begin, own_activity

MARK = "mark dossiers as seen"
LOOK_AT_REPORTED = "look at reported dossiers"
SEEN = own_activity(
    "dossiers_seen",
    title=_("Dossiers die u als gezien markeerde"),
    purpose=_("U duidt aan wat u van uw dossiers gezien hebt."),
    legal_basis=_("Uw vraag om het te onthouden (AVG, artikel 6, lid 1, a)."),
    retention=_("Twee jaar, of tot u zich twee jaar niet hebt aangemeld."),
)

REPORTED = own_activity(
    "dossiers_reported",
    title=_("Dossiers die diensten ons meldden"),
    purpose=_("U bekijkt hoever uw aanvragen staan."),
    legal_basis=_("De dienst meldt ons hoever uw dossier staat, in uw belang (AVG, artikel 6, lid 1, e)."),
    retention=_("Zo lang als de dienst zegt, hoogstens tien jaar, of tot hij het terugneemt."),
)


async def note_marks(conn: AsyncConnection[Any], occasion: Occasion) -> None:
    """Write in the journal that a citizen marked dossiers as seen, in the transaction that stores the marks."""
    await actions.record_done(conn, begin(MARK, [SEEN], occasion))


async def note_look_at_reported(conn: AsyncConnection[Any], occasion: Occasion) -> None:
    """Write in the journal that a citizen is shown what was reported to them, in the transaction that reads it."""
    await actions.record_done(conn, begin(LOOK_AT_REPORTED, [REPORTED], occasion))
