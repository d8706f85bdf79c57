"""What the themes are to the rest of the portal."""

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from portal.platform.feature.types import Feature, Place

from . import queries, typesetting
from .types import TITLES


def navigation() -> Sequence[Place]:
    """Lead to the overview and to each theme; one without datasets is absent, never dead."""
    return (
        Place(_("Uw gegevens"), "themes:overview", stands_alone=True),
        *(Place(TITLES[theme], "themes:theme", {"theme": theme}) for theme in queries.themes()),
    )


FEATURE = Feature(
    package=__package__,
    urls=f"{__package__}.urls",
    prefix="uw-gegevens/",
    navigation=navigation,
    links=f"{__package__}.links",
    manifest=f"{__package__}.section",
    help=("overview", "register_afresh", "descent"),
    programs=(typesetting.PROGRAM,),
)
