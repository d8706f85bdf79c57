"""What dossiers are to the rest of the portal."""

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from portal.platform.feature.types import Feature, Place, Tables
from portal.platform.paper import typesetting

from . import actions, checks, home_block, queries, section
from .reported import operations

OVERVIEW = "dossiers:overview"
TITLE = _("Aanvragen en dossiers")
ABOUT = _("Hoever uw aanvragen bij de overheid staan, wat u nog moet doen, en wat u kunt aanvragen.")


def navigation() -> Sequence[Place]:
    """Lead to one's dossiers, where a body answers for them or may report them, and to what people can apply for."""
    if not section.may_have_dossiers():
        return (Place(_("Iets aanvragen"), "dossiers:applications"),)
    applications = Place(_("Iets aanvragen"), "dossiers:applications", under=OVERVIEW)
    return (Place(TITLE, OVERVIEW, about=ABOUT, icon="dossiers"), applications)


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
        title=TITLE,
        words={
            "seen": _("Een dossier dat u als gezien aanduidde"),
            "reported": _("Een dossier dat een dienst ons meldde"),
        },
    ),
)
