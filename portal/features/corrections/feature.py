"""What corrections are to the rest of the portal."""

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from portal.platform.feature.types import Feature, Place, Tables

from . import actions, queries


def navigation() -> Sequence[Place]:
    """Lead to the reports that somebody made."""
    return (Place(_("Gemelde fouten"), "corrections:listed"),)


FEATURE = Feature(
    package=__package__,
    urls=f"{__package__}.urls",
    navigation=navigation,
    links=f"{__package__}.links",
    manifest=f"{__package__}.section",
    jobs=f"{__package__}.tasks",
    help=("corrections",),
    tables=Tables(export=queries.export, forget=actions.forget, expire=actions.expire),
)
