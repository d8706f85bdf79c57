"""What dossiers are to the rest of the portal."""

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from portal.platform.feature.types import Feature, Place, Tables
from portal.platform.paper import typesetting

from . import actions, checks, home_block, queries
from .reported import operations

OVERVIEW = "dossiers:overview"
ABOUT = _("Hoever uw aanvragen bij de overheid staan, wat u nog moet doen, en wat u kunt aanvragen.")


def navigation() -> Sequence[Place]:
    """Lead to one's dossiers where some body answers for them, and to what people can apply for."""
    applications = Place(_("Iets aanvragen"), "dossiers:applications", under=OVERVIEW)
    return (Place(_("Aanvragen en dossiers"), OVERVIEW, about=ABOUT, icon="dossiers"), applications)


FEATURE = Feature(
    package=__package__,
    processings=f"{__package__}.processings",
    urls=f"{__package__}.urls",
    navigation=navigation,
    blocks=(home_block.BLOCK,),
    links=f"{__package__}.links",
    manifest=f"{__package__}.section",
    parsing=f"{__package__}.parsing",
    jobs=f"{__package__}.tasks",
    help=("dossiers",),
    operations=operations.OPERATIONS,
    programs=(typesetting.PROGRAM,),
    checks=(checks.sources_have_one_body,),
    tables=Tables(
        export=queries.export,
        forget=actions.forget,
        forget_late=actions.forget_late,
        expire=actions.expire,
        words={
            "seen": _("Een dossier dat u als gezien aanduidde"),
            "reported": _("Een dossier dat een dienst ons meldde"),
        },
    ),
)
