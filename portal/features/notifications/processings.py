"""Notices and contact preferences in the register of processing activities."""

from collections.abc import Sequence

import msgspec
from django.utils.translation import gettext_noop as _

from portal.platform.journal.types import Processing
from portal.platform.sources import catalogue

from . import section
from .journalling import activity_of
from .preference_journalling import ASKING, EMAIL, NICKNAME, PREFERENCES
from .types import EBOX

FUNCTION = _("Meldingen")
# The personal data in a notice (annex 1 of the policy), beside the service that it is about.
FIELDS = (
    _("rijksregisternummer"),
    _("nummer van de melding en van het dossier"),
    _("fase en status, met de datum"),
    _("eerdere statussen"),
    _("wat u nog moet doen"),
)


def processings() -> Sequence[Processing]:
    """List the processings of notifications: one for each body that sends notices, the notices kept, and our own."""
    bodies = [agency for agency in catalogue.installed().agencies if section.dutch(agency).services]
    return (
        *(
            Processing(
                function=FUNCTION,
                activities=(activity_of(agency.id),),
                data=(*FIELDS, *(service.name for service in section.dutch(agency).services.values())),
            )
            for agency in bodies
        ),
        Processing(function=_("Meldingen over uw eBox"), activities=(activity_of(EBOX),), is_controller=True),
        *kept(),
    )


def kept() -> Sequence[Processing]:
    """List those that keep something, without a look at manifests: notices, and contact preferences."""
    # The citizen is shown, or changes, these. The worker reads them, and the nickname to greet with, to decide on a
    # mail: that is journalled with another purpose.
    managed = (PREFERENCES, EMAIL)
    read_to_mail = tuple(msgspec.structs.replace(one, purpose=ASKING) for one in (*managed, NICKNAME))
    return (
        Processing(
            function=FUNCTION,
            tables=("notifications_notice", "notifications_thread", "notifications_delivery"),
            purpose=_("Een dienst meldt u iets, ook wanneer u niet aangemeld bent."),
            legal_basis=_("De dienstverlening van de dienst die het u meldt."),
        ),
        Processing(
            function=_("Contactvoorkeuren"),
            activities=(*managed, *read_to_mail),
            is_controller=True,
            tables=("notifications_preferences",),
        ),
    )
