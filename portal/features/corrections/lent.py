"""What corrections lend to the lists of other features: each report as a line, with how far it is."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.platform.feature.types import LoanLine
from portal.platform.journal.types import Occasion
from portal.platform.language.texts import translated

from . import queries
from .types import DeliveryProgress, Followed


async def lines(occasion: Occasion) -> Sequence[LoanLine]:
    """Give the citizen's reports; the journal says that they are looked at."""
    return [_line(one) for one in await queries.look_at_reports(occasion)]


def _line(one: Followed) -> LoanLine:
    title = (
        _("Melding van een fout: %(what)s") % {"what": translated(one.report.label)}
        if one.report
        else _("Uw melding")
    )
    href = reverse("corrections:followed", kwargs={"reference": one.reference})
    return LoanLine(str(title), state_of(one), href, one.reported_at)


def state_of(one: Followed) -> str:
    """Name the state of a report in a word or two."""
    if one.current:
        return translated(one.current.code.label)
    if one.is_lost_on_the_way:
        return str(_("Niet bezorgd"))
    return str(_("Ontvangen") if one.way is DeliveryProgress.DELIVERED else _("Onderweg"))
