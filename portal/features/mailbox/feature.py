"""Declare the mailbox as a feature of the portal."""

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from portal.platform.feature.types import Feature, Place, Tables

from . import actions, checks, framing, home_block, queries
from .archive import copies_as_zip, places
from .letter import cleaning
from .link import announcing

POSTBOX = "mailbox:postbox"


def navigation() -> Sequence[Place]:
    """Give the places of the mailbox in the navigation: Brievenbus, and under it documents and archive."""
    return (
        Place(framing.POSTBOX, POSTBOX),
        Place(framing.TITLE, "mailbox:overview", under=POSTBOX, about=framing.ABOUT, icon="letter"),
        Place(places.TITLE, "mailbox:archive", under=POSTBOX, about=places.ABOUT, icon="letter"),
    )


FEATURE = Feature(
    package=__package__,
    processings=f"{__package__}.processings",
    urls=f"{__package__}.urls",
    prefix="brievenbus/",
    navigation=navigation,
    blocks=(home_block.BLOCK,),
    links=f"{__package__}.links",
    rounds=(announcing.announce_farewells,),
    jobs=f"{__package__}.tasks",
    manifest=f"{__package__}.section",
    help=("mailbox",),
    programs=(cleaning.PROGRAM,),
    checks=(checks.one_body_lists_providers, checks.deaths_can_be_known),
    tables=Tables(
        export=queries.export,
        forget=actions.forget,
        expire=actions.expire,
        retire=actions.retire,
        farewell=actions.farewell,
        consents=queries.consents,
        files=copies_as_zip.CopiesInZip,
        words={
            "ebox_link": _("Uw toestemming om uw eBox te koppelen"),
            "ebox_box": _("Dat wij uw eBox volgen"),
            "ebox_event": _("Een gebeurtenis in uw eBox"),
            "ebox_untold": _("Wat wij nog aan de eBox moeten melden"),
            "ebox_folder": _("Een map van u"),
            "ebox_arranged": _("Een document dat u een ster of een map gaf"),
            "ebox_reminder": _("Een herinnering die u vroeg"),
            "ebox_archive": _("Uw toestemming voor een eigen archief"),
            "ebox_copy": _("Een document in uw archief"),
            "ebox_paid": _("Een document dat u als betaald aanduidde"),
        },
    ),
)
