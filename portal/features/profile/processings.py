"""What the profile does with personal data, for the register of processing."""

from collections.abc import Sequence

import msgspec
from django.utils.translation import gettext_noop as _

from portal.platform.journal.types import Processing

from .journalling import ACTIVITIES, ADDRESS, DISMISSAL, MAIL_PURPOSES
from .types import KeptKind

# Each table stands with the first kind that it keeps, as the register names it once: `profile_kept` also holds the
# photo and the main e-mail address, and `profile_proposal` e-mail addresses that are not confirmed.
TABLES = {
    KeptKind.NICKNAME: ("profile_kept", "profile_proposal"),
    KeptKind.EMAIL: ("profile_email", "profile_code_sent"),
    ADDRESS: ("profile_address",),
    DISMISSAL: ("profile_dismissal",),
}


def processings() -> Sequence[Processing]:
    """List a processing for each kind of value.

    Nickname and e-mail address have the purposes of mails too: to write one, the portal itself opens both.
    """
    opened = {KeptKind.NICKNAME, KeptKind.EMAIL}
    return [
        Processing(
            function=_("Profiel"),
            activities=(
                activity,
                *(msgspec.structs.replace(activity, purpose=why) for why in MAIL_PURPOSES if kind in opened),
            ),
            is_controller=True,
            tables=TABLES.get(kind, ()),
        )
        for kind, activity in ACTIVITIES.items()
    ]
