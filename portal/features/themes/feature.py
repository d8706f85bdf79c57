"""The declaration of the themes to the rest of the portal."""

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from portal.platform.feature.types import Feature, Place
from portal.platform.paper import typesetting

from . import queries
from .home import block
from .types import TITLES, Theme

OVERVIEW = "themes:overview"
# What people find in each theme, for visitors who did not sign in yet.
ABOUT = {
    Theme.FAMILY: _("Wie u bent, waar u woont en met wie, uw ouders en uw kinderen."),
    Theme.WORK: _("In welke ondernemingen u een functie hebt, en wat u als ondernemer mag."),
    Theme.EDUCATION: _("Uw diploma’s, uw inschrijvingen en uw lessen."),
    Theme.BENEFITS: _("Uw loopbaanonderbreking of zorgkrediet, en uw recht op ondersteuning."),
}


def navigation() -> Sequence[Place]:
    """List the overview, each theme that has datasets, the timeline and the differences."""
    of_themes = [
        Place(TITLES[theme], "themes:theme", {"theme": theme}, under=OVERVIEW, about=ABOUT[theme], icon=theme)
        for theme in queries.themes()
    ]
    return (
        Place(_("Uw gegevens"), OVERVIEW),
        *of_themes,
        Place(_("Tijdlijn"), "themes:timeline", under=OVERVIEW),
        Place(_("Verschillen"), "themes:differences", under=OVERVIEW),
    )


FEATURE = Feature(
    package=__package__,
    processings=f"{__package__}.processings",
    urls=f"{__package__}.urls",
    prefix="uw-gegevens/",
    navigation=navigation,
    blocks=(block.BLOCK,),
    links=f"{__package__}.links",
    manifest=f"{__package__}.section",
    help=("overview", "register_afresh", "descent"),
    programs=(typesetting.PROGRAM,),
)
