"""The read-me in a ZIP of certificates: what is in it, the verdict on each, and what could not be made. No I/O."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext as _

from portal.platform.language import dates
from portal.platform.ui import zipping

from . import handing, wording
from .answers import SourceGap
from .looking import OfferOfBody
from .obtaining import CertificateResult


class ListedCertificate(Protocol):
    """A certificate that was asked for, as `bundling.StepResult` has it."""

    @property
    def offered(self) -> OfferOfBody:
        """Give the offer that was asked for."""

    @property
    def result(self) -> CertificateResult:
        """Give the result of asking for it."""

    @property
    def name(self) -> str:
        """Give the name of its file, "" without one."""


def write(
    made: Sequence[ListedCertificate], failed: Sequence[ListedCertificate], gaps: Sequence[SourceGap], at: datetime
) -> bytes:
    """Write the read-me. gaps: of bodies that did not say what they have. at: when the ZIP was made (UTC)."""
    return zipping.read_me(_lines(made, failed, gaps, at))


def _lines(
    made: Sequence[ListedCertificate], failed: Sequence[ListedCertificate], gaps: Sequence[SourceGap], at: datetime
) -> Iterator[str]:
    yield _("Opgehaald in Mijn Burgerprofiel op %(time)s") % {"time": dates.moment(at)}
    yield ""
    yield _("In dit bestand:")
    for listed in made:
        yield f"- {listed.name}"
        if listed.result.judgement:
            yield f"  {wording.verdict(listed.result.judgement)}. {wording.why_so(listed.result.judgement)}"
    if failed or gaps:
        yield ""
        yield _("Niet gelukt:")
        for listed in failed:
            offered = listed.offered
            yield f"- {offered.offer.title}: {wording.reason(listed.result.why, offered.agency.words.mention)}"
        for gap in gaps:
            yield f"- {gap.sentence}"
        yield _("Vraag die opnieuw in Mijn Burgerprofiel, bij Attesten en vergunningen.")
    if address := handing.check_address():
        yield ""
        yield _("Wie een attest van u krijgt, kan nakijken of het echt is op %(address)s.") % {"address": address}
