"""The pages of the privacy policy, for anybody: the version in force, every earlier one, and what changed."""

from datetime import UTC, datetime

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from portal.features.privacy import authorities
from portal.features.profile import actions as profile
from portal.features.profile.types import Dismissal
from portal.platform.access import storage
from portal.platform.access.guards import SeeOther, anyone, no_destination, signed_in
from portal.platform.access.types import Request, SignedInRequest
from portal.platform.help import marks
from portal.platform.journal.types import Occasion

from . import comparing, data_controller, reading, register
from .framing import crumbs
from .home_block import CHANGED
from .types import PolicyVersion


@require_safe
@anyone
async def policy(request: Request) -> HttpResponse:
    """Show the version in force, with the lists that the software makes of what it keeps and whom it asks."""
    context = {
        "version": reading.in_force(datetime.now(UTC)),
        "newest": reading.newest(),
        "controller": data_controller.configured_controller(),
        "authorities": authorities.list_authorities(),
        "functions": register.by_function(),
        "bodies": register.by_body(),
        "kept": register.kept_data(),
        "storage": storage.declarations(),
        "address": marks.address,
    }
    return render(request, "privacy/policy.html", context)


@require_safe
@anyone
async def versions(request: Request) -> HttpResponse:
    """List every version, the newest first."""
    context = {
        "versions": reading.versions()[::-1],
        "in_force": reading.in_force(datetime.now(UTC)),
        "crumbs": crumbs(_("Versies")),
    }
    return render(request, "privacy/versions.html", context)


@require_safe
@anyone
async def version(request: Request, number: int) -> HttpResponse:
    """Show the text of a version, as it was published."""
    shown = version_of(number)
    context = {
        "version": shown,
        "in_force": reading.in_force(datetime.now(UTC)),
        "address": marks.address,
        "crumbs": crumbs(_("Versies"), reverse("privacy:versions"), str(shown.number)),
    }
    return render(request, "privacy/version.html", context)


@require_safe
@anyone
async def comparison(request: Request, old: int, new: int) -> HttpResponse:
    """Lay two versions side by side, in either order of their numbers; one version alone leads to its own page."""
    earlier, later = version_of(min(old, new)), version_of(max(old, new))
    if earlier is later:
        return SeeOther(reverse("privacy:version", kwargs={"number": later.number}))
    context = {
        "old": earlier,
        "new": later,
        "sections": comparing.compare(earlier, later),
        "crumbs": crumbs(_("Versies"), reverse("privacy:versions"), _("Vergelijken")),
    }
    return render(request, "privacy/comparison.html", context)


@require_safe
@signed_in
@no_destination
async def note_seen(request: SignedInRequest, number: int) -> HttpResponseBase:
    """Take the signal of a version off the home page, and lead to what that version changed."""
    return SeeOther(await dismiss_signal(request.occasion, version_of(number).number))


async def dismiss_signal(occasion: Occasion, number: int) -> str:
    """Dismiss the signal of a version for a citizen; give the address of what that version changed."""
    await profile.dismiss(occasion, Dismissal(CHANGED.id, str(number)))
    return str(reverse("privacy:comparison", kwargs={"old": max(number - 1, 1), "new": number}))


def version_of(number: int) -> PolicyVersion:
    """Find a version by its number; raises Http404 where there is none."""
    versions = reading.versions()
    if not 1 <= number <= len(versions):
        raise Http404
    return versions[number - 1]
