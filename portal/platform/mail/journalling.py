"""What the journal says of a mail: whose address and nickname the worker opened to send it."""

from django.utils.translation import gettext_noop as _

from portal.platform.journal import actions
from portal.platform.journal.types import Activity, Journalled, Occasion, begin, own_activity

SEND = "send a mail"


def _activity(dataset: str, title: str) -> Activity:
    return own_activity(
        dataset,
        title=title,
        purpose=_("Wij sturen u een mail."),
        legal_basis=_("Uw toestemming (AVG, artikel 6, lid 1, a)."),
        retention=_("Tot de mail verstuurd is, en hoogstens 14 dagen."),
    )


ADDRESS = _activity("email", _("Contactgegevens"))
GREETING = _activity("nickname", _("Roepnaam"))


async def record_opening(occasion: Occasion, *, greets: bool) -> Journalled:
    """Journal that a mail is about to be opened, at each try. On any error it may not be opened.

    greets: whether the nickname is opened too.
    """
    activities = (ADDRESS, GREETING) if greets else (ADDRESS,)
    return await actions.record_asked_alone(begin(SEND, activities, occasion))
