"""What signing in does with personal data, for the register of processing activities."""

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from portal.platform.journal.types import Processing
from portal.platform.sources import catalogue

from .admission import BIRTH_DATE, OF_AGE


def processings() -> Sequence[Processing]:
    """List the processing: the register of persons is asked for the birth date of somebody who signs in."""
    entry = catalogue.installed().provider_of(BIRTH_DATE)
    return (Processing(function=_("Aanmelden"), activities=(entry.activity(OF_AGE),)),) if entry else ()
