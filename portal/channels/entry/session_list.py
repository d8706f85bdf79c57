"""Where a citizen is signed in, and how they end that."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal.platform.access import sessions
from portal.platform.access.guards import SeeOther, no_destination, signed_in
from portal.platform.access.refusals import note_refused

ENDED, OTHERS_ENDED, NOT_FOUND = "beeindigd", "andere-beeindigd", "niet-gevonden"


@require_safe
@signed_in
async def own_sessions(request: HttpRequest) -> HttpResponseBase:
    """List the citizen's own sessions: means, device, since when, last used."""
    listed = await sessions.own(request.session, now=datetime.now(UTC), correlation_id=request.correlation_id)
    this = [one for one in listed if one.is_this_one]
    others = [one for one in listed if not one.is_this_one]
    said = request.GET.get("gedaan", "")
    return render(request, "entry/own_sessions.html", {"this": this, "others": others, "said": said})


@no_destination
@require_POST
@signed_in
async def end_session(request: HttpRequest) -> HttpResponseBase:
    """End one of the citizen's other sessions; this one ends by signing out."""
    has_ended = await sessions.close_own(request.session, request.POST.get("handle", ""), now=datetime.now(UTC))
    if not has_ended:
        note_refused(request, "session")
    return _back(ENDED if has_ended else NOT_FOUND)


@no_destination
@require_POST
@signed_in
async def end_other_sessions(request: HttpRequest) -> HttpResponseBase:
    """End all of the citizen's sessions but this one."""
    await sessions.close_others(request.session)
    return _back(OTHERS_ENDED)


def _back(said: str) -> HttpResponseBase:
    return SeeOther(f"{reverse('entry:own_sessions')}?gedaan={said}")
