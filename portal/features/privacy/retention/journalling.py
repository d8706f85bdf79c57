"""Entries in the journal about retention: somebody is told, and what they gave us goes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop as _
from psycopg import AsyncConnection

from portal.platform.journal import actions
from portal.platform.journal.types import Occasion, begin, own_activity

# Names of entries: `usage.wording.DONE` has the words for each, also of those that were written long ago.
ANNOUNCE = "announce that the profile goes"
RETIRE = "take away the profile after two years"

ANNOUNCE_ACTIVITY = own_activity(
    "retention_mail",
    title=_("Mail voor wie lang niet kwam"),
    purpose=_("Wij melden u een maand vooraf dat wij weghalen wat u ons gaf."),
    legal_basis=_("Wij bewaren niet langer dan nodig (AVG, artikel 5, lid 1, e)."),
    retention=_("Er blijft niets bewaard."),
)
RETIRE_ACTIVITY = own_activity(
    "retention",
    title=_("Profiel van wie twee jaar niet kwam"),
    purpose=_("Wij halen weg wat u ons gaf: u meldde zich twee jaar niet aan."),
    legal_basis=_("Wij bewaren niet langer dan nodig (AVG, artikel 5, lid 1, e)."),
    retention=_("Er blijft niets bewaard."),
)


async def note_announced(conn: AsyncConnection[Any], occasion: Occasion) -> None:
    """Journal in the same transaction that a citizen's e-mail address was opened to announce it."""
    await actions.record_done(conn, begin(ANNOUNCE, (ANNOUNCE_ACTIVITY,), occasion))


async def note_retired(conn: AsyncConnection[Any], subjects: Sequence[UUID], now: datetime) -> None:
    """Journal in the same transaction what goes of these citizens, named as the journal names them.

    Whatever is raised: take none of it away.
    """
    await actions.record_all_done(conn, RETIRE, (RETIRE_ACTIVITY,), subjects, now)
