"""The declaration of the profile to the rest of the portal."""

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from portal.platform.feature.types import Feature, Place, Tables

from . import actions, photo, queries
from .types import AddressChanged, AddressesChanged, ConfirmAddress, NewDevice

PROFILE = "profile:profile"
ABOUT = _("Uw roepnaam, uw e-mailadres en uw adressen. U geeft ze zelf, en alleen als u dat wilt.")

# Phones make pictures of 48 million pixels, which take 5 to 15 MB; the rest is for the other parts of the form.
MOST_OF_A_PHOTO = 15 * 1024 * 1024 + 256 * 1024


def navigation() -> Sequence[Place]:
    """List the profile, and below it the two pages that most people come for."""
    return (
        Place(_("Profiel"), PROFILE, about=ABOUT, icon="person"),
        Place(_("Roepnaam"), "profile:nickname", under=PROFILE),
        Place(_("E-mailadres"), "profile:email", under=PROFILE),
    )


FEATURE = Feature(
    package=__package__,
    processings=f"{__package__}.processings",
    urls=f"{__package__}.urls",
    prefix="profiel/",
    navigation=navigation,
    links=f"{__package__}.links",
    jobs=f"{__package__}.tasks",
    mails=(ConfirmAddress, NewDevice, AddressChanged, AddressesChanged),
    bodies={"profile:photo": MOST_OF_A_PHOTO},
    help=("nickname",),
    tables=Tables(
        export=queries.export,
        forget=actions.forget,
        expire=actions.expire,
        retire=actions.retire,
        consents=queries.consents,
        words={
            "nickname": _("Uw roepnaam"),
            "photo": _("Uw foto"),
            "email": _("Uw hoofdadres voor mail"),
            "other_email": _("Een ander e-mailadres"),
            "address": _("Een bewaard adres"),
            "proposal": _("Wat u invulde en nog niet bevestigde"),
            "dismissal": _("Een aandachtspunt dat u verborg"),
        },
    ),
    programs=(photo.PROGRAM,),
)
