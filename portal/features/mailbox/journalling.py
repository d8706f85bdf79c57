"""The journal's operations of the mailbox, with the processing activity that each belongs to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop as _
from psycopg import AsyncConnection

from portal.platform.journal import actions
from portal.platform.journal.types import Occasion, begin, own_activity

LOOK = "look at own mailbox link"
LINK = "link own mailbox"
END = "end mailbox link of who died"
MARK_PAID = "mark own document as paid"
UNMARK_PAID = "mark own document as not paid"
ARRANGE = "arrange own documents"
ADD_FOLDER = "make own document folder"
RENAME_FOLDER = "rename own document folder"
REMOVE_FOLDER = "remove own document folder"
ASK_REMINDER = "ask to be reminded of own document"
DROP_REMINDER = "take back a reminder of own document"
LOOK_REMINDERS = "look at own reminders of documents"
TELL_REMINDER = "remind of own document"
TAKE_IN = "take in events of own mailbox"
WITHDRAW = "withdraw own mailbox link"
BEGIN_ARCHIVE = "begin own archive of mailbox copies"
END_ARCHIVE = "end own archive of mailbox copies"
LOOK_AT_ARCHIVE = "look at own archive of mailbox copies"
KEEP_COPY = "keep copy of own document"
OPEN_COPY = "open own copy of document"
DELETE_COPY = "delete own copy of document"

LINK_ACTIVITY = own_activity(
    "ebox_link",
    title=_("Koppeling met uw eBox"),
    purpose=_("U kiest of u uw eBox in Mijn Burgerprofiel leest."),
    legal_basis=_("Uw toestemming (AVG, artikel 6, lid 1, a)."),
    retention=_("Tot u ze intrekt, of tot u zich twee jaar niet hebt aangemeld."),
)


EVENTS_ACTIVITY = own_activity(
    "ebox_events",
    title=_("Nieuws over documenten in uw eBox"),
    purpose=_("Wij halen op wat er met documenten in uw eBox gebeurde, om het u te melden."),
    legal_basis=_("Uw toestemming (AVG, artikel 6, lid 1, a)."),
    retention=_("Twee jaar, of tot u uw eBox loskoppelt."),
)

DEATH_ACTIVITY = own_activity(
    "ebox_link_ended",
    title=_("Koppeling met de eBox na een overlijden"),
    purpose=_("Wie overleden is, krijgt geen documenten en mails meer: wij nemen de koppeling weg."),
    legal_basis=_("Een toestemming eindigt met wie ze gaf (AVG, artikel 6, lid 1, a)."),
    retention=_("Er blijft niets bewaard."),
)


PAID_ACTIVITY = own_activity(
    "ebox_paid",
    title=_("Wat u in uw eBox als betaald aanduidde"),
    purpose=_("U duidt zelf aan wat u betaald hebt, om het te onthouden."),
    legal_basis=_("Uw vraag om het te onthouden (AVG, artikel 6, lid 1, a)."),
    retention=_("Twee jaar, of tot u uw eBox loskoppelt of u twee jaar niet hebt aangemeld."),
)


ARRANGED_ACTIVITY = own_activity(
    "ebox_arranged",
    title=_("Uw mappen en sterren in uw eBox"),
    purpose=_("U geeft documenten een ster of zet ze in een map, om ze terug te vinden."),
    legal_basis=_("Uw vraag om het te onthouden (AVG, artikel 6, lid 1, a)."),
    retention=_(
        "Tot u ze wegneemt, drie maanden nadat het document verviel of wij zagen dat het weg is, of tot u uw eBox "
        "loskoppelt of u twee jaar niet hebt aangemeld."
    ),
)


REMINDER_ACTIVITY = own_activity(
    "ebox_reminder",
    title=_("Herinneringen aan documenten in uw eBox"),
    purpose=_("U vraagt om op een dag opnieuw over een document te horen, en wij doen dat dan."),
    legal_basis=_("Uw vraag om het te onthouden (AVG, artikel 6, lid 1, a)."),
    retention=_("Dertig dagen na de herinnering, of tot u ze wegneemt of uw eBox loskoppelt."),
)


ARCHIVE_ACTIVITY = own_activity(
    "ebox_archive",
    title=_("Eigen archief van eBox documenten"),
    purpose=_("U bewaart kopieën van documenten uit uw eBox."),
    legal_basis=_("Uw toestemming (AVG, artikel 6, lid 1, a)."),
    retention=_("Tot u een kopie wist of uw archief stopt, of tot u zich twee jaar niet hebt aangemeld."),
)


# The processing activity of each operation.
ACTIVITIES = {
    LOOK: LINK_ACTIVITY,
    LINK: LINK_ACTIVITY,
    WITHDRAW: LINK_ACTIVITY,
    MARK_PAID: PAID_ACTIVITY,
    UNMARK_PAID: PAID_ACTIVITY,
    ARRANGE: ARRANGED_ACTIVITY,
    ADD_FOLDER: ARRANGED_ACTIVITY,
    RENAME_FOLDER: ARRANGED_ACTIVITY,
    REMOVE_FOLDER: ARRANGED_ACTIVITY,
    ASK_REMINDER: REMINDER_ACTIVITY,
    DROP_REMINDER: REMINDER_ACTIVITY,
    LOOK_REMINDERS: REMINDER_ACTIVITY,
    TELL_REMINDER: REMINDER_ACTIVITY,
    TAKE_IN: EVENTS_ACTIVITY,
    END: DEATH_ACTIVITY,
    **dict.fromkeys(
        (BEGIN_ARCHIVE, END_ARCHIVE, LOOK_AT_ARCHIVE, KEEP_COPY, OPEN_COPY, DELETE_COPY), ARCHIVE_ACTIVITY
    ),
}


async def note(conn: AsyncConnection[Any], name: str, occasion: Occasion) -> None:
    """Journal an operation for one citizen in the transaction that does it: where this raises, both are undone."""
    await actions.record_done(conn, begin(name, (ACTIVITIES[name],), occasion))


async def note_for(conn: AsyncConnection[Any], name: str, subjects: Sequence[UUID], now: datetime) -> None:
    """Journal an operation of the worker's for these citizens in the transaction that does it: both or none.

    conn: a connection of the worker, for no citizen in particular. subjects: the citizens' in the journal.
    """
    await actions.record_all_done(conn, name, (ACTIVITIES[name],), subjects, now)
