"""The pages of e-mail addresses beside the main one: add one, make it the main one, take it away.

Only after a fresh sign-in.
"""

from uuid import UUID

from django.http import HttpResponseBase
from django.utils.translation import gettext_noop as _

from portal.platform.access.guards import recently_signed_in
from portal.platform.access.refusals import not_theirs
from portal.platform.access.types import SignedInRequest

from . import actions, email_views, emails, pages
from .types import OTHER_EMAIL, KeptEmail, KeptKind
from .views import PAGE


@PAGE
@recently_signed_in
async def other_email(request: SignedInRequest) -> HttpResponseBase:
    """Show the form for one more address, or mail a code to the address in it."""
    try:
        return await email_views.address_form(request, OTHER_EMAIL)
    except actions.TooManyEmails:
        return pages.to_emails()


@PAGE
@recently_signed_in
async def other_email_code(request: SignedInRequest) -> HttpResponseBase:
    """Show the form for its code, or try a code, mail a new one or withdraw the proposal."""
    try:
        return await email_views.code_form(request, OTHER_EMAIL)
    except actions.TooManyEmails:
        return pages.to_emails()


@PAGE
@recently_signed_in
async def make_main_email(request: SignedInRequest, email_id: UUID) -> HttpResponseBase:
    """Ask once, saying what goes to the main address; then make one of the citizen's other addresses the main one."""
    chosen, current = await _own(request, email_id)
    if chosen.address is None:
        raise not_theirs(request, "e-mail address")
    if request.method == "POST":
        if not await emails.make_main(request.occasion, email_id):
            raise not_theirs(request, "e-mail address")
        return pages.back_to_profile("hoofdadres-gekozen")
    context = {"chosen": chosen, "current": current}
    return pages.page(request, "make_main_email", _("Dit adres als hoofdadres?"), context)


@PAGE
@recently_signed_in
async def remove_other_email(request: SignedInRequest, email_id: UUID) -> HttpResponseBase:
    """Ask once, then take one of the citizen's other addresses away."""
    kept, current = await _own(request, email_id)
    if request.method == "POST":
        if not await emails.remove_other(request.occasion, email_id):
            raise not_theirs(request, "e-mail address")
        return pages.back_to_profile("e-mail-weg")
    context = {"kind": OTHER_EMAIL, "kept": kept, "current": current}
    return pages.page(request, "remove", _("Dit e-mailadres verwijderen?"), context)


async def _own(request: SignedInRequest, email_id: UUID) -> tuple[KeptEmail, str | None]:
    """Read one of the citizen's other addresses, and the main one. Raise `not_theirs`."""
    kept = await pages.profile_of(request, [KeptKind.EMAIL, OTHER_EMAIL])
    for other in kept.other_emails:
        if other.id == email_id:
            return other, kept.email.value if kept.email else None
    raise not_theirs(request, "e-mail address")
