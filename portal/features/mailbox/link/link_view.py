"""The pages on which a citizen links their eBox and withdraws the link, each after reading what it means."""

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
    """Explain what linking means, and take the consent with an address; a citizen with a link sees since when."""
    mail = await notifications.look_at_ebox_mail(request.occasion)
    if request.method == "POST" and not mail.can_be_chosen:
        # The last verified address was removed in another tab: the page says what to do first.
        return SeeOther(reverse("mailbox:link"))
    form = LinkForm(request.POST if request.method == "POST" else None, mail=mail)
    if form.is_bound and form.is_valid():
        try:
            await actions.link(request.occasion, form.email_id, request.session.identity.insz)
        except notifications_actions.AddressUnknown:
            # It was removed in another tab after the form was checked.
            form.add_error(None, gettext_lazy("Dit adres is intussen uit uw profiel. Kies een ander."))
        else:
            await announcing.announce(request)
            return SeeOther(f"{framing.overview()}?{framing.DONE}={framing.LINKED}")
    standing = await _standing(request)
    current = standing.link
    if current is not None:
        # A tab may have been open since before they linked: the page has no form to mend.
        form = LinkForm(mail=mail)
    title = LINK if current is None else LINKED
    # Without a link there are no breadcrumbs: the list of documents would redirect here.
    crumbs = framing.crumbs((title, "")) if current else ()
    context: dict[str, Any] = {
        "crumbs": crumbs,
        "link": current,
        "mail": mail,
        "form": form,
        "consent": rules.CONSENT,
    }
    context |= {"is_unannounced": standing.is_unannounced}
    return framing.page(request, "link", title, context, has_errors=form.is_bound and bool(form.errors))


@PAGE
@signed_in
async def withdraw(request: SignedInRequest) -> HttpResponseBase:
    """Explain what withdrawing means, withdraw the link on POST, and confirm it on the page that follows."""
    if request.method == "POST":
        await actions.withdraw(request.occasion)
        await announcing.announce(request)
        return SeeOther(f"{reverse('mailbox:withdraw')}?{framing.DONE}={UNLINKED}")
    standing = await _standing(request)
    current = standing.link
    is_done = current is None and request.GET.get(framing.DONE) == UNLINKED
    if current is None and not is_done:
        return SeeOther(reverse("mailbox:link"))
    crumbs = framing.crumbs((WITHDRAW, "")) if current else ()
    return framing.page(
        request, "withdraw", WITHDRAW, {"crumbs": crumbs, "link": current, "is_unannounced": standing.is_unannounced}
    )


async def _standing(request: SignedInRequest) -> LinkStanding:
    """Read the citizen's link to show it, and try a pending announcement to the federation again."""
    standing = await queries.look_at_standing(request.occasion)
    announcing.announce_beside(request, standing)
    return standing
