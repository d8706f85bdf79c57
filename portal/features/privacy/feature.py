"""The declaration of privacy to the rest of the portal."""

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from portal.platform.access import erasing
from portal.platform.feature.types import Feature, Place, Tables
from portal.platform.paper import typesetting

from . import actions, queries
from .copy import copy_view
from .policy import checks, framing, home_block, operations, register_views
from .retention.mails import ProfileGoes
from .rights import views as rights
from .usage import views as usage

POLICY = "privacy:policy"


def navigation() -> Sequence[Place]:
    """List the policy, and below it who used one's data, one's copy of everything, one's rights and the register."""
    return (
        Place(framing.PRIVACY, POLICY),
        Place(usage.TITLE, "privacy:usage", under=POLICY, about=usage.ABOUT, icon="person"),
        Place(copy_view.TITLE, "privacy:own_copy", under=POLICY),
        Place(rights.RIGHTS, "privacy:rights", under=POLICY),
        Place(register_views.REGISTER, "privacy:register", under=POLICY),
    )


FEATURE = Feature(
    package=__package__,
    urls=f"{__package__}.urls",
    prefix="privacy/",
    navigation=navigation,
    manifest=f"{__package__}.manifest",
    jobs=f"{__package__}.tasks",
    mails=(ProfileGoes,),
    tables=Tables(
        export=queries.export,
        forget=actions.forget,
        expire=actions.expire,
        title=_("Privacy"),
        words={
            "last_sign_in": _("Wanneer u zich het laatst aanmeldde"),
            "request": _("Een verzoek over uw rechten"),
        },
    ),
    programs=(typesetting.PROGRAM,),
    processings=f"{__package__}.processings",
    blocks=(home_block.BLOCK,),
    links=f"{__package__}.links",
    rounds=(erasing.close_finished,),
    operations=operations.OPERATIONS,
    checks=(checks.data_controller_is_named, checks.policy_can_be_read),
)
