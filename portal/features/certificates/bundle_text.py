"""The text in a ZIP of certificates: what is in it, what each is worth, and what could not be made. No I/O."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext as _

from portal.platform.language import dates
from portal.platform.ui import zipping

from . import handing, wording
from .looking import OfferOfBody
from .obtaining import Obtained


class ListedCertificate(Protocol):
    """What came of one of them."""

    @property
    def one(self) -> OfferOfBody:
        """Give what was asked for."""

    @property
    def came(self) -> Obtained:
        """Give what came."""

    @property
    def name(self) -> str:
        """Give the name of its file."""


def write(made: Sequence[ListedCertificate], failed: Sequence[ListedCertificate], at: datetime) -> bytes:
    """Write it. at: when the ZIP was made."""
    return zipping.read_me(_lines(made, failed, at))


def _lines(made: Sequence[ListedCertificate], failed: Sequence[ListedCertificate], at: datetime) -> Iterator[str]:
    yield _("Opgehaald in Mijn Burgerprofiel op %(time)s") % {"time": dates.moment(at)}
    yield ""
    yield _("In dit bestand:")
    for one in made:
        yield f"- {one.name}"
        if one.came.judgement:
            yield f"  {wording.verdict(one.came.judgement)}. {wording.why_so(one.came.judgement)}"
    if failed:
        yield ""
        yield _("Niet gelukt:")
        for one in failed:
            yield f"- {one.one.offer.title}: {wording.reason(one.came.why, one.one.agency.words.mention)}"
        yield _("Vraag die opnieuw in Mijn Burgerprofiel, bij Attesten en vergunningen.")
    if address := handing.check_address():
        yield ""
        yield _("Wie een attest van u krijgt, kan nakijken of het echt is op %(address)s.") % {"address": address}
