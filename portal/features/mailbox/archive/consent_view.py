"""The pages on which a citizen begins an archive of copies and ends it, each after reading what it means."""

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods

from portal.platform.access.guards import SeeOther, signed_in
from portal.platform.access.types import SignedInRequest

from .. import framing
from ..copies import consent, limits, reading
from . import places
from .forms import ArchiveForm

BEGIN = _("Een eigen archief beginnen")
BEGUN = _("Uw toestemming voor uw archief")
END = _("Uw archief stoppen")
PAGE = require_http_methods(["GET", "HEAD", "POST"])


@PAGE
@signed_in
async def begin(request: SignedInRequest) -> HttpResponseBase:
    """Explain what an archive means, and take the consent; a citizen with an archive sees since when."""
    given = await consent.look(request.session.citizen_id)
    # A tab may have been open since before they began it: its form says nothing new.
    form = ArchiveForm(request.POST if request.method == "POST" and given is None else None)
    if form.is_bound and form.is_valid():
        await consent.give(request.occasion)
        return SeeOther(f"{places.overview()}?{framing.DONE}={places.BEGUN}")
    title = BEGIN if given is None else BEGUN
    crumbs = places.crumbs((title, "")) if given else ()
    context = {
        "crumbs": crumbs,
        "given": given,
        "form": form,
        "consent": consent.CONSENT,
        "megabytes": limits.of_all() // limits.MEGABYTE,
        "megabytes_of_one": limits.of_one() // limits.MEGABYTE,
        "copies": limits.copies(),
    }
    return framing.page(request, "archive_begin", title, context, has_errors=form.is_bound and bool(form.errors))


@PAGE
@signed_in
async def end(request: SignedInRequest) -> HttpResponseBase:
    """Explain what is deleted, end the archive on POST, and confirm it on the page that follows."""
    if request.method == "POST":
        await consent.withdraw(request.occasion)
        return SeeOther(f"{reverse('mailbox:archive_end')}?{framing.DONE}={places.ENDED}")
    given = await consent.look(request.session.citizen_id)
    use = await reading.use_of(request.session.citizen_id)
    is_done = given is None and not use.copies and bool(places.receipt(request, places.ENDED))
    if given is None and not use.copies and not is_done:
        return SeeOther(reverse("mailbox:archive_begin"))
    crumbs = () if is_done else places.crumbs((END, ""))
    return framing.page(
        request, "archive_end", END, {"crumbs": crumbs, "given": given, "use": use, "is_done": is_done}
    )
