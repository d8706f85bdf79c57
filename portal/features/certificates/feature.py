"""The declaration of certificates to the rest of the portal."""

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from portal.platform.feature.types import Feature, Place
from portal.platform.seals import checking, checks

from . import carrying, framing, home_block

OVERVIEW = "certificates:overview"
ABOUT = _("Attesten, uittreksels en vergunningen, gratis en als PDF met een digitale handtekening.")


def navigation() -> Sequence[Place]:
    """List the overview of certificates, and below it the wizard that says what one is worth."""
    return (
        Place(framing.TITLE, OVERVIEW, about=ABOUT, icon="pdf"),
        Place(_("Wat is een attest waard?"), "certificates:worth", under=OVERVIEW),
    )


FEATURE = Feature(
    package=__package__,
    processings=f"{__package__}.processings",
    urls=f"{__package__}.urls",
    prefix="attesten/",
    navigation=navigation,
    blocks=(home_block.BLOCK,),
    manifest=f"{__package__}.section",
    bodies={"certificates:document": carrying.MOST},
    checks=(checks.trust_can_be_read,),
    help=("certificates",),
    programs=(checking.PROGRAM,),
)
