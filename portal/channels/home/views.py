"""The start page, which is the home page of whoever is signed in."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.platform.access.guards import SeeOther, anyone, streams
from portal.platform.access.types import Request
from portal.platform.feature import places
from portal.platform.help import entries, marks
from portal.platform.ui.links import links

from . import home_page


@require_safe
@anyone
@streams
async def start(request: Request) -> HttpResponseBase:
    """Say what the portal is and how to sign in; to whoever is signed in, show the home page or lead to their
    landing.
    """
    if request.session is None:
        topics = [place for place, _ in places.all_places() if place.about]
        later = [entry for entry in entries.whole_help().later.values() if entry.where]
        return render(request, "home/start.html", {"topics": topics, "later": later, "address": marks.address})
    if links.landing() != links.start():
        return SeeOther(links.landing())
    return await home_page.home(request)
