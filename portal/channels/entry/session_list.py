"""The list of a citizen's sessions, and the forms that end them."""

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal.platform.access import device, return_path, sessions
from portal.platform.access.guards import SeeOther, no_destination, signed_in
from portal.platform.access.refusals import note_refused
from portal.platform.access.types import SignedInRequest

# Values of the parameter `gedaan`, by which the list says what was done.
ENDED, OTHERS_ENDED, NOT_FOUND = "beeindigd", "andere-beeindigd", "niet-gevonden"
OLDEST_ENDED = "oudste-beeindigd"  # a sign-in ended the oldest of too many; `naar` is where its citizen was going


@require_safe
@signed_in
async def own_sessions(request: SignedInRequest) -> HttpResponseBase:
    """List the citizen's own sessions: means, device, since when, last used."""
    own = await sessions.list_own(request.session, request.occasion)
    this = [session for session in own if session.is_this_one]
    others = [session for session in own if not session.is_this_one]
    done = request.GET.get("gedaan", "")
    context = {"this": this, "others": others, "done": done, "most": settings.SESSIONS_PER_CITIZEN}
    context["device_in_words"] = device.in_words
    going = return_path.safe_path(request.GET.get("naar", "")) if done == OLDEST_ENDED else ""
    return render(request, "entry/own_sessions.html", {**context, "going": going})


@no_destination
@require_POST
@signed_in
async def end_session(request: SignedInRequest) -> HttpResponseBase:
    """End one of the citizen's other sessions; this one ends by signing out."""
    has_ended = await sessions.close_own(request.session, request.POST.get("handle", ""), now=request.occasion.now)
    if not has_ended:
        note_refused(request, "session")
    return _back(ENDED if has_ended else NOT_FOUND)


@no_destination
@require_POST
@signed_in
async def end_other_sessions(request: SignedInRequest) -> HttpResponseBase:
    """End all of the citizen's sessions but this one."""
    await sessions.close_others(request.session)
    return _back(OTHERS_ENDED)


def _back(done: str) -> HttpResponseBase:
    return SeeOther(f"{reverse('entry:own_sessions')}?gedaan={done}")
