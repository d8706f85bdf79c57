"""The declaration of corrections to the rest of the portal."""

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from portal.platform.feature.types import Feature, Loan, Place, Tables

from . import actions, home_block, lending, operations, queries

ABOUT = _("Klopt er iets niet? Meld het aan de dienst die het bewaart, en volg wat zij ermee doet.")


def navigation() -> Sequence[Place]:
    """List the page of the citizen's reports."""
    return (Place(_("Gemelde fouten"), "corrections:listed", about=ABOUT, icon="flag"),)


FEATURE = Feature(
    package=__package__,
    processings=f"{__package__}.processings",
    urls=f"{__package__}.urls",
    navigation=navigation,
    blocks=(home_block.BLOCK,),
    links=f"{__package__}.links",
    manifest=f"{__package__}.section",
    jobs=f"{__package__}.tasks",
    help=("corrections",),
    loans=(Loan("dossiers", lending.lines),),
    operations=operations.OPERATIONS,
    tables=Tables(
        export=queries.export,
        forget=actions.forget,
        expire=actions.expire,
        words={
            "report": _("Een fout die u meldde"),
        },
    ),
)
