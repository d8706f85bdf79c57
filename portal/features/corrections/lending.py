"""The loan of corrections to the list of dossiers (`feature.types.Loan`): each report as a line, with its state."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.platform.feature.types import LoanLine
from portal.platform.journal.types import Occasion
from portal.platform.language.texts import translate

from . import queries
from .types import DeliveryProgress, FollowedReport


async def lines(occasion: Occasion) -> Sequence[LoanLine]:
    """Give the citizen's reports as lines; the look is journalled."""
    return [_line(report) for report in await queries.look_at_reports(occasion)]


def _line(followed: FollowedReport) -> LoanLine:
    title = (
        _("Melding van een fout: %(what)s") % {"what": translate(followed.report.label)}
        if followed.report
        else _("Uw melding")
    )
    href = reverse("corrections:followed", kwargs={"reference": followed.reference})
    return LoanLine(str(title), state_of(followed), href, followed.reported_at)


def state_of(followed: FollowedReport) -> str:
    """Name the state of a report in a word or two, in the current language."""
    if followed.current:
        return translate(followed.current.code.label)
    if followed.is_newest_unreadable:
        return str(_("Antwoord niet leesbaar"))
    if followed.is_lost_on_the_way:
        return str(_("Niet bezorgd"))
    return str(_("Ontvangen") if followed.way is DeliveryProgress.DELIVERED else _("Onderweg"))
