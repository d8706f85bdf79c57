"""Corrections on the home page: signals that a report was answered, or never reached its body."""

from collections.abc import AsyncGenerator, Iterator
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal.platform.access.types import SignedInRequest
from portal.platform.feature.home import Block, BlockFinding, Rule, Signal

from . import queries
from .types import FollowedReport, StatusCode

NEWS = timedelta(days=60)  # for which an answer counts as news
ANSWERED = Rule(
    "corrections.answered", gettext_noop("De dienst gaf de laatste 60 dagen antwoord op een fout die u meldde.")
)
LOST = Rule("corrections.lost", gettext_noop("Een fout die u meldde, konden wij niet bij de dienst bezorgen."))


async def find(request: SignedInRequest) -> AsyncGenerator[BlockFinding]:
    """Read those of a citizen's reports that can have a signal, and give the signals of each."""
    since = request.occasion.now - NEWS
    for report in await queries.look_at_reports(request.occasion, news_since=since):
        for signal in signals_of(report, request.occasion.now):
            yield signal


def signals_of(report: FollowedReport, now: datetime) -> Iterator[Signal]:
    """Give the signals of one report. Each answer is a cause of its own, so that a dismissal hides no later one."""
    # A body may date an answer before the day on which it sends it; news is what came to us.
    status = report.current if report.received_at and now - report.received_at <= NEWS else None
    href = reverse("corrections:followed", kwargs={"reference": report.reference})
    what = report.report.label if report.report else report.reference
    if status and status.code in (StatusCode.CORRECTED, StatusCode.REFUSED):
        title = (
            _("Uw melding over “%(what)s” leidde tot een verbetering.")
            if status.code is StatusCode.CORRECTED
            else _("Uw melding over “%(what)s” leidde niet tot een verbetering.")
        )
        cause = f"{report.reference} {status.number}"
        yield Signal(ANSWERED.id, cause, str(title) % {"what": what}, href=href, label=_("Lees het antwoord"))
    if report.is_lost_on_the_way:
        title = _("Uw melding over “%(what)s” kwam niet aan bij de dienst.") % {"what": what}
        yield Signal(LOST.id, report.reference, title, href=href, label=_("Bekijk wat u kunt doen"))


BLOCK = Block(
    name="meldingen", order=20, find=find, unasked=gettext_noop("de fouten die u meldde"), rules=(ANSWERED, LOST)
)
