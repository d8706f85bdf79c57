"""The journal's entries about notices: their citizen was shown notices of these bodies."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_noop as _
from psycopg import AsyncConnection

from portal.platform.journal import actions
from portal.platform.journal.types import Activity, Occasion, begin, own_activity

from . import section
from .types import EBOX

LOOK = "look at own notices"
DATASET = "meldingen"
TITLE = _("Meldingen over uw dossiers")
PURPOSE = _("U bekijkt wat diensten u meldden over uw dossiers.")
DATASET_EBOX = "meldingen_ebox"
EBOX_TITLE = _("Meldingen over documenten in uw eBox")
EBOX_PURPOSE = _("U bekijkt wat er met documenten in uw eBox gebeurde.")
EBOX_BASIS = _("Uw toestemming (AVG, artikel 6, lid 1, a).")
EBOX_KEPT = _("Tot het document verdwijnt en hoogstens twee jaar, of tot u uw eBox loskoppelt.")
LEGAL_BASIS = _("De dienstverlening van de dienst die het u meldt.")


async def note_look(conn: AsyncConnection[Any], bodies: Iterable[str], occasion: Occasion) -> None:
    """Journal that a citizen is shown notices of these bodies, in the transaction that reads them.

    bodies: ids, repeated or not; EBOX for the eBox. Where this raises, nothing may be shown.
    """
    activities = [activity_of(body) for body in sorted(set(bodies))]
    if activities:
        await actions.record_done(conn, begin(LOOK, activities, occasion))


def activity_of(body: str) -> Activity:
    """Give the processing activity of showing a body's notices.

    body: its id, or EBOX; it may have left the portal.
    """
    if body == EBOX:
        return own_activity(
            DATASET_EBOX, title=EBOX_TITLE, purpose=EBOX_PURPOSE, legal_basis=EBOX_BASIS, retention=EBOX_KEPT
        )
    agency = section.body(body)
    days = section.of(agency).keep_days if agency else 0
    return Activity(
        body=body,
        body_name=agency.manifest.name if agency else "",
        dataset=DATASET,
        title=TITLE,
        purpose=PURPOSE,
        legal_basis=LEGAL_BASIS,
        services=(),
        retention=f"{days} dagen, of korter als de dienst dat vraagt" if agency else "tot hun termijn voorbij is",
    )
