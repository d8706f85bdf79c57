"""The forms of the home page that dismiss what asks for attention there, and take a dismissal back."""

from django.http import HttpResponseBase
from django.views.decorators.http import require_POST

from portal.platform.access import carried
from portal.platform.access.guards import SeeOther, no_destination, signed_in
from portal.platform.access.types import SignedInRequest
from portal.platform.ui.links import links

from . import actions
from .types import DISMISSAL, Dismissal


@require_POST
@signed_in
@no_destination
async def dismiss(request: SignedInRequest) -> HttpResponseBase:
    """Keep a dismissal, and go back to the home page, which offers to take it back."""
    if dismissal := _dismissal_in(request):
        await actions.dismiss(request.occasion, dismissal)
    return SeeOther(f"{links.start()}?verborgen=1#aandacht")


@require_POST
@signed_in
@no_destination
async def show_again(request: SignedInRequest) -> HttpResponseBase:
    """Take a dismissal back."""
    if dismissal := _dismissal_in(request):
        await actions.show_again(request.occasion, dismissal)
    return SeeOther(f"{links.start()}#aandacht")


def _dismissal_in(request: SignedInRequest) -> Dismissal | None:
    """Read the dismissal that a form carries, sealed; None when no page of this session made it."""
    return carried.unseal(Dismissal, request.session, DISMISSAL, request.POST.get("melding", ""))
