"""What is done with personal data in dossiers: one body is asked, others report, and citizens mark what they saw."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_noop as _

from portal.platform.journal.types import Processing
from portal.platform.sources import catalogue

from . import inquiries, section
from .journalling import REPORTED, SEEN
from .types import LOOK

FUNCTION = _("Aanvragen en dossiers")


def processings() -> Sequence[Processing]:
    """List the processings of dossiers, for the register."""
    return (
        *_questions(),
        *(
            Processing(
                function=FUNCTION,
                body=agency.id,
                data=tuple(service.name for service in section.dutch(agency).services.values()),
                purpose=LOOK.sentence,
                legal_basis=_("De dienstverlening van de dienst die het dossier behandelt."),
            )
            for agency in catalogue.installed().agencies
            if section.dutch(agency).sources
        ),
        *kept(),
    )


def kept() -> Sequence[Processing]:
    """List those that keep something, without a look at manifests."""
    return (
        Processing(function=FUNCTION, activities=(REPORTED,), tables=("dossiers_reported",)),
        Processing(function=FUNCTION, activities=(SEEN,), is_controller=True, tables=("dossiers_seen",)),
    )


def _questions() -> Iterator[Processing]:
    activity = inquiries.activity_for(LOOK)
    if activity:
        yield Processing(function=FUNCTION, activities=(activity,))
