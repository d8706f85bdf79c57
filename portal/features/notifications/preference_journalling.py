"""The journal's entries about contact preferences: their citizen saw or changed them, or the worker read them."""

from typing import Any

import msgspec
from django.utils.translation import gettext_noop as _
from psycopg import AsyncConnection

from portal.platform.journal import actions
from portal.platform.journal.types import Activity, Occasion, begin, own_activity

LOOK = "look at own contact preferences"
CHOOSE = "choose contact preferences"
WITHDRAW = "withdraw contact preferences"
ASK = "ask whether a mail is wanted"
ASKING = _("Wij gaan na of u een mail wilt over deze dienst, en op welk adres.")


def _activity(dataset: str, title: str) -> Activity:
    return own_activity(
        dataset,
        title=title,
        purpose=_("U beheert over welke diensten u mails krijgt."),
        legal_basis=_("Uw toestemming (AVG, artikel 6, lid 1, a)."),
        retention=_("Tot u het verwijdert, of tot u zich twee jaar niet hebt aangemeld."),
    )


PREFERENCES = _activity("preferences", _("Contactvoorkeuren"))
EMAIL = _activity("email", _("Contactgegevens"))
# Only the worker reads this here, to greet with in a mail.
NICKNAME = msgspec.structs.replace(_activity("nickname", _("Roepnaam")), purpose=ASKING)


async def note_look(conn: AsyncConnection[Any], occasion: Occasion, *, has_chosen: bool, has_emails: bool) -> None:
    """Journal that the citizen is shown their preferences and addresses. Where this raises, nothing may be shown."""
    shown = (*((PREFERENCES,) if has_chosen else ()), *((EMAIL,) if has_emails else ()))
    if shown:
        await actions.record_done(conn, begin(LOOK, shown, occasion))


async def note_change(conn: AsyncConnection[Any], occasion: Occasion, name: str) -> None:
    """Journal that the citizen changed their preferences, in the same transaction. name: CHOOSE or WITHDRAW."""
    await actions.record_done(conn, begin(name, (PREFERENCES,), occasion))


async def note_question(
    conn: AsyncConnection[Any], occasion: Occasion, *, has_emails: bool = False, greets: bool = False
) -> None:
    """Journal that preferences were read to send a mail. has_emails, greets: addresses, nickname were read too."""
    opened = (PREFERENCES, *((EMAIL,) if has_emails else ()), *((NICKNAME,) if greets else ()))
    why = [msgspec.structs.replace(activity, purpose=ASKING) for activity in opened]
    await actions.record_done(conn, begin(ASK, why, occasion))
