"""Linking the eBox and withdrawing that: what it means stands before the tick, and before the button."""

from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods

from portal.features.notifications import actions as notifications_actions
from portal.features.notifications import queries as notifications
from portal.platform.access.guards import SeeOther, signed_in
from portal.platform.access.types import SignedInRequest

from .. import actions, framing, queries, rules
from ..types import LinkStanding
from . import announcing
from .forms import LinkForm

LINK = _("Uw eBox koppelen")
LINKED = _("Uw koppeling met de eBox")
WITHDRAW = _("Uw eBox ontkoppelen")
PAGE = require_http_methods(["GET", "HEAD", "POST"])
UNLINKED = "ontkoppeld"


@PAGE
@signed_in
async def link(request: SignedInRequest) -> HttpResponseBase:
    """Say what linking means and take the yes with an address; who did already sees since when."""
    mail = await notifications.look_at_ebox_mail(request.occasion)
    if request.method == "POST" and not mail.can_be_chosen:
        # The last address went in another tab; the page says what to do first.
        return SeeOther(reverse("mailbox:link"))
    form = LinkForm(request.POST if request.method == "POST" else None, mail=mail)
    if form.is_bound and form.is_valid():
        try:
            await actions.link(request.occasion, form.email_id, request.session.identity.insz)
        except notifications_actions.AddressUnknown:
            # It was removed in another tab between the form and here.
            form.add_error(None, gettext_lazy("Dit adres is intussen uit uw profiel. Kies een ander."))
        else:
            await announcing.announce(request)
            return SeeOther(f"{framing.overview()}?{framing.DONE}={framing.LINKED}")
    standing = await _standing(request)
    found = standing.link
    title = LINK if found is None else LINKED
    # Before the link it stands in the place of the documents, which would lead back here.
    crumbs = framing.crumbs((title, "")) if found else ()
    context: dict[str, Any] = {"crumbs": crumbs, "link": found, "mail": mail, "form": form, "consent": rules.CONSENT}
    context |= {"is_unannounced": standing.is_unannounced}
    return framing.page(request, "link", title, context, has_errors=form.is_bound and bool(form.errors))


@PAGE
@signed_in
async def withdraw(request: SignedInRequest) -> HttpResponseBase:
    """Say what withdrawing means, do it at one press, and say afterwards what holds now."""
    if request.method == "POST":
        await actions.withdraw(request.occasion)
        await announcing.announce(request)
        return SeeOther(f"{reverse('mailbox:withdraw')}?{framing.DONE}={UNLINKED}")
    standing = await _standing(request)
    found = standing.link
    is_done = found is None and request.GET.get(framing.DONE) == UNLINKED
    if found is None and not is_done:
        return SeeOther(reverse("mailbox:link"))
    crumbs = framing.crumbs((WITHDRAW, "")) if found else ()
    return framing.page(
        request, "withdraw", WITHDRAW, {"crumbs": crumbs, "link": found, "is_unannounced": standing.is_unannounced}
    )


async def _standing(request: SignedInRequest) -> LinkStanding:
    """Read how it stands, and try again to tell it the federation where it does not know."""
    standing = await queries.look_at_standing(request.occasion)
    announcing.announce_beside(request, standing)
    return standing
