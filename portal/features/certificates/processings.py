"""What certificates do with personal data: a list is asked for, and one of it; nothing of it is kept."""

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from portal.platform.journal.types import Processing
from portal.platform.sources import residence

from . import inquiries
from .types import FETCH, LIST

FUNCTION = _("Attesten & vergunningen")


def processings() -> Sequence[Processing]:
    """List it, for the register."""
    asked = (*inquiries.activities_of_made(FETCH), *inquiries.activities_of_held(LIST, FETCH))
    where = residence.entry()
    looked_up = tuple(where.activity(purpose) for purpose in (LIST, FETCH)) if where else ()
    return [Processing(function=FUNCTION, activities=(one,)) for one in (*asked, *looked_up)]
