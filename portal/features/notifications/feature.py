"""Declare notifications as a feature of the portal."""

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from portal.platform.feature.types import Feature, Place, Tables

from . import actions, bundles, home_block, preference_actions, preferences, queries
from .mails import NewsOfDay, NewsOfDocument, NewsOfOne
from .operations import OPERATIONS

ABOUT = _("Wat diensten u lieten weten over uw aanvragen en dossiers, ook terwijl u niet aangemeld was.")


def navigation() -> Sequence[Place]:
    """Give the places of notifications in the navigation: the list of notices, and contact preferences."""
    return (
        Place(_("Meldingen"), "notifications:listed", under="mailbox:postbox", about=ABOUT, icon="bell"),
        Place(_("Contactvoorkeuren"), "notifications:preferences", under="themes:overview"),
    )


FEATURE = Feature(
    package=__package__,
    processings=f"{__package__}.processings",
    urls=f"{__package__}.urls",
    navigation=navigation,
    blocks=(home_block.BLOCK,),
    links=f"{__package__}.links",
    manifest=f"{__package__}.section",
    jobs=f"{__package__}.tasks",
    mails=(NewsOfOne, NewsOfDay, NewsOfDocument),
    bodies={"notifications:notify": bundles.LARGEST},
    operations=OPERATIONS,
    tables=Tables(
        export=queries.export,
        forget=actions.forget,
        forget_late=actions.forget_late,
        expire=actions.expire,
        retire=preference_actions.retire,
        consents=preferences.consents,
        after=("mailbox",),
        words={
            "notice": _("Een melding"),
            "thread": _("Hoever u las wat wij u meldden"),
            "mail": _("Een mail over een melding"),
            "preferences": _("Uw contactvoorkeuren"),
        },
    ),
    help=("notifications", "preferences"),
    unread="notifications_unread",
)
