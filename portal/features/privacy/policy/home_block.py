"""The policy on the home page: a signal that it changed, until the citizen looked at it or dismissed it."""

from collections.abc import AsyncGenerator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal.platform.access.types import SignedInRequest
from portal.platform.feature.home import Block, BlockFinding, Rule, Signal

from . import reading

CHANGED = Rule("privacy.policy", gettext_noop("Wij melden het u telkens wanneer de privacyverklaring verandert."))


async def find(request: SignedInRequest) -> AsyncGenerator[BlockFinding]:
    """Signal the newest version, whether it holds already or will; not the first one, as nothing changed with it."""
    version = reading.newest()
    if version.number > 1:
        is_to_come = version.number > reading.in_force(request.occasion.now).number
        yield Signal(
            rule=CHANGED.id,
            cause=str(version.number),
            title=_("Onze privacyverklaring verandert") if is_to_come else _("Onze privacyverklaring veranderde"),
            what=version.news,
            href=reverse("privacy:seen", kwargs={"number": version.number}),
            label=_("Kijk wat er verandert") if is_to_come else _("Kijk wat er veranderde"),
        )


BLOCK = Block(
    name="privacy",
    order=90,
    find=find,
    unasked=gettext_noop("of de privacyverklaring veranderde"),
    rules=(CHANGED,),
)
