"""What signing in does with personal data."""

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from portal.platform.journal.types import Processing
from portal.platform.sources import catalogue

from .admission import BIRTH_DATE, OF_AGE


def processings() -> Sequence[Processing]:
    """List it, for the register: the register is asked for the age of who signs in."""
    entry = catalogue.installed().provider_of(BIRTH_DATE)
    return (Processing(function=_("Aanmelden"), activities=(entry.activity(OF_AGE),)),) if entry else ()
