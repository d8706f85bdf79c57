"""What certificates do with personal data, for the register of processing: lists and documents are asked for."""

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from portal.platform.journal.types import Processing
from portal.platform.sources import residence

from . import inquiries
from .types import FETCH, LIST

FUNCTION = _("Attesten & vergunningen")


def processings() -> Sequence[Processing]:
    """List one processing for each activity; nothing is kept."""
    activities = (*inquiries.activities_of_made(FETCH), *inquiries.activities_of_held(LIST, FETCH))
    # Where a citizen lives tells which municipality issues their certificates.
    register = residence.entry()
    residences = tuple(register.activity(purpose) for purpose in (LIST, FETCH)) if register else ()
    return [Processing(function=FUNCTION, activities=(activity,)) for activity in (*activities, *residences)]
