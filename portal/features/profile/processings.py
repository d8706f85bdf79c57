"""What the profile does with what people gave it themselves."""

from collections.abc import Sequence

import msgspec
from django.utils.translation import gettext_noop as _

from portal.platform.journal.types import Processing

from .journalling import ACTIVITIES, ADDRESS, DISMISSAL, MAIL_PURPOSES
from .types import KeptKind

TABLES = {
    KeptKind.NICKNAME: ("profile_kept", "profile_proposal"),
    KeptKind.EMAIL: ("profile_email", "profile_code_sent"),
    ADDRESS: ("profile_address",),
    DISMISSAL: ("profile_dismissal",),
}


def processings() -> Sequence[Processing]:
    """List it, for the register: by what is kept, with what it is opened for when the portal mails."""
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
