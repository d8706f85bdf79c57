"""What the journal says of the marks that people give their dossiers."""

from typing import Any

from django.utils.translation import gettext_noop as _
from psycopg import AsyncConnection

from portal.platform.journal import actions
from portal.platform.journal.types import Activity, Occasion, begin

MARK = "mark dossiers as seen"
SEEN = Activity(
    body="burgerprofiel",
    body_name="Mijn Burgerprofiel",
    dataset="dossiers_seen",
    title=_("Dossiers die u als gezien markeerde"),
    purpose=_("U duidt aan wat u van uw dossiers gezien hebt."),
    legal_basis=_("Uw vraag om het te onthouden (AVG, artikel 6, lid 1, a)."),
    services=(),
    retention=_("Twee jaar, of tot u zich twee jaar niet hebt aangemeld."),
)


async def marked(conn: AsyncConnection[Any], occasion: Occasion) -> None:
    """Write down that marks were given, in the same transaction."""
    await actions.record_done(conn, begin(MARK, [SEEN], occasion))
