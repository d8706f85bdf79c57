"""What privacy itself does with personal data, for the register of processing (`policy.register`)."""

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from portal.platform.journal.types import Processing

from .journalling import COPY, ERASING
from .retention.journalling import ANNOUNCE_ACTIVITY, RETIRE_ACTIVITY
from .rights.journalling import REQUESTS
from .usage.journalling import USAGE


def processings() -> Sequence[Processing]:
    """List the processings of privacy."""
    return (
        Processing(function=_("Wie gebruikte uw gegevens?"), activities=(USAGE,), is_controller=True),
        Processing(
            function=_("Bewaartermijnen"),
            activities=(RETIRE_ACTIVITY, ANNOUNCE_ACTIVITY),
            is_controller=True,
            tables=("privacy_visit",),
        ),
        Processing(
            function=_("Alles over mij ophalen, en alles wissen"),
            activities=(COPY, ERASING),
            is_controller=True,
            tables=("access_erasure", "keys_erasure"),
        ),
        Processing(
            function=_("Uw rechten"),
            activities=(REQUESTS,),
            is_controller=True,
            tables=("privacy_request", "privacy_request_errand", "privacy_request_news"),
        ),
    )
