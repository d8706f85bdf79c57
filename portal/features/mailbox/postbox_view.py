"""The page Brievenbus, which leads to the two that citizens look for under that name: notices and eBox documents."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.features.notifications.types import FEATURE as NOTIFICATIONS
from portal.platform.access.guards import SeeOther, signed_in
from portal.platform.access.types import SignedInRequest
from portal.platform.ui.links import links

from . import framing
from .archive import places


@require_safe
@signed_in
async def postbox(request: SignedInRequest) -> HttpResponseBase:
    """Show both links, or redirect to the documents where this portal has no notices."""
    if not links.notices():
        return SeeOther(framing.overview())
    unread = request.session.unread.get(NOTIFICATIONS, 0)
    context = {
        "title": framing.POSTBOX,
        "crumbs": (),
        "has_errors": False,
        "unread": unread,
        "about": framing.ABOUT,
        "archive_about": places.ABOUT,
    }
    return render(request, "mailbox/postbox.html", context)
