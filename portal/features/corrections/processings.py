"""What reports of wrong data do with personal data, for the register of processing."""

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from portal.platform.journal.types import Processing
from portal.platform.sources import catalogue

from . import rules
from .journalling import OWN_REPORTS
from .types import LOOK

FUNCTION = _("Een fout melden")


def processings() -> Sequence[Processing]:
    """List the processings: looking at data to report it, sending a report to its body, and keeping it."""
    entries = catalogue.installed().entries
    return (
        *(Processing(function=FUNCTION, activities=(entry.activity(LOOK),)) for entry in entries),
        *(
            Processing(function=FUNCTION, activities=(rules.activity_of(entry),))
            for entry in entries
            if rules.endpoint_of(entry)
        ),
        *kept(),
    )


def kept() -> Sequence[Processing]:
    """List the one that keeps something, without a look at manifests."""
    tables = ("corrections_report", "corrections_delivery", "corrections_status")
    return (Processing(function=FUNCTION, activities=(OWN_REPORTS,), is_controller=True, tables=tables),)
