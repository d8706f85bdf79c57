"""Entries in the journal about the profile: its values are shown, given, used for a mail or taken back."""

from collections.abc import Collection, Iterable
from typing import Any

import msgspec
from django.utils.translation import gettext_noop as _
from psycopg import AsyncConnection

from portal.platform.journal import actions
from portal.platform.journal.types import PORTAL, Activity, Occasion, begin, own_activity
from portal.platform.mail.types import MailContent

from .types import AddressChanged, AddressesChanged, ConfirmAddress, KeptKind, NewDevice

LOOK = "look at own profile"
PROPOSE = "propose for own profile"
WITHDRAW = "withdraw what was proposed"
REFUSED = "five wrong codes"
GIVE = "give to own profile"
CHANGE = "choose the main address of own profile"
REMOVE = "remove from own profile"
ADDRESS = "address"
DISMISSAL = "dismissal"

_TITLES = {
    KeptKind.NICKNAME: _("Roepnaam"),
    KeptKind.PHOTO: _("Profielfoto"),
    KeptKind.EMAIL: _("Contactgegevens"),
    ADDRESS: _("Bewaarde adressen"),
    DISMISSAL: _("Verborgen meldingen"),
}
ACTIVITIES: dict[str, Activity] = {
    kind: own_activity(
        str(kind),
        title=title,
        purpose=_("U beheert wat u ons zelf gaf."),
        legal_basis=_("Uw toestemming (AVG, artikel 6, lid 1, a)."),
        retention=_("Tot u het verwijdert, of tot u zich twee jaar niet hebt aangemeld."),
    )
    for kind, title in _TITLES.items()
}
# For each kind of mail for which the portal itself opens values: the operation's name, and its purpose.
_MAILS: dict[type[MailContent], tuple[str, str]] = {
    ConfirmAddress: ("mail a code", _("Wij gaan na of een e-mailadres van u is.")),
    NewDevice: ("warn of a new device", _("Wij verwittigen u wanneer u zich aanmeldt met een nieuw toestel.")),
    AddressChanged: ("tell of a changed address", _("Wij verwittigen u wanneer uw e-mailadres wijzigt.")),
    AddressesChanged: ("tell of a changed address", _("Wij verwittigen u wanneer uw e-mailadres wijzigt.")),
}
MAIL_PURPOSES = tuple(dict.fromkeys(why for _name, why in _MAILS.values()))


async def note(
    conn: AsyncConnection[Any],
    name: str,
    occasion: Occasion,
    kinds: Iterable[str],
    *,
    unreadable: Collection[str] = (),
) -> None:
    """Journal what the citizen is shown or changes in this transaction; a rollback undoes both.

    unreadable: the kinds of which nothing could be opened. On any error nothing may be shown.
    """
    activities = [ACTIVITIES[kind] for kind in kinds]
    if not activities:
        return
    operation = begin(name, activities, occasion)
    await actions.record_done(conn, operation, {ACTIVITIES[kind].name: "down" for kind in unreadable})


async def note_mail(
    conn: AsyncConnection[Any], content: MailContent, occasion: Occasion, kinds: Iterable[str]
) -> None:
    """Journal which kinds the portal itself opens to mail to a citizen, in the caller's transaction."""
    name, purpose = _MAILS[type(content)]
    activities = [msgspec.structs.replace(ACTIVITIES[kind], purpose=purpose) for kind in kinds]
    if not activities:
        return
    operation = begin(name, activities, msgspec.structs.replace(occasion, actor=PORTAL))
    await actions.record_done(conn, operation)
