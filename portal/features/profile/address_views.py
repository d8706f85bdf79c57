"""The pages that add, change and take away a saved address."""

from uuid import UUID

import msgspec
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from portal.platform.access import carried
from portal.platform.access.guards import SeeOther, keeps_typed, signed_in
from portal.platform.access.refusals import not_theirs
from portal.platform.access.types import SignedInRequest

from . import actions, pages, queries, rules
from .forms import AddressForm
from .types import SavedAddress
from .views import PAGE

ADDRESS_FORM = b"form of an address"


@PAGE
@signed_in
@keeps_typed
async def add_address(request: SignedInRequest) -> HttpResponseBase:
    """Show the form for an address, or add what it holds to the list; a full list has no form."""
    is_full = await queries.count_addresses(request.session.citizen_id) >= rules.MOST_ADDRESSES
    is_sent = request.method == "POST" and not _is_shown_again(request)
    form = AddressForm(request.POST) if is_sent else AddressForm(initial=await _typed_fields(request))
    if form.is_bound and form.is_valid() and not is_full:
        try:
            await actions.save_address(request.occasion, form.address())
        except actions.TooManyAddresses:
            is_full = True
        else:
            return pages.back_to_profile("adres-bewaard")
    if is_full:
        return SeeOther(f"{reverse('profile:profile')}#adressen")
    return await _form_page(request, _("Een adres bewaren"), form, None)


@PAGE
@signed_in
@keeps_typed
async def change_address(request: SignedInRequest, address_id: UUID) -> HttpResponseBase:
    """Show the form with one of the citizen's own addresses, or keep its changes."""
    saved = await _own(request, address_id)
    if request.method == "POST" and _is_shown_again(request):
        form = AddressForm(initial=await _typed_fields(request))
    elif request.method == "POST":
        form = AddressForm(request.POST)
        if form.is_valid():
            if not await actions.change_address(request.occasion, address_id, form.address()):
                raise not_theirs(request, "address")
            return pages.back_to_profile("adres-bewaard")
    else:
        form = AddressForm(initial=msgspec.structs.asdict(saved.address) if saved.address else {})
    return await _form_page(request, _("Een adres wijzigen"), form, saved)


@PAGE
@signed_in
async def remove_address(request: SignedInRequest, address_id: UUID) -> HttpResponseBase:
    """Ask once, then take the address away."""
    saved = await _own(request, address_id)
    if request.method == "POST":
        if not await actions.remove_address(request.occasion, address_id):
            raise not_theirs(request, "address")
        return pages.back_to_profile("adres-weg")
    return pages.page(request, "remove", _("Dit adres verwijderen?"), {"kind": "address", "kept": saved})


async def _own(request: SignedInRequest, address_id: UUID) -> SavedAddress:
    """Read one of the citizen's own addresses. Raise `not_theirs`."""
    saved = await queries.look_at_address(request.occasion, address_id)
    if saved is None:
        raise not_theirs(request, "address")
    return saved


def _is_shown_again(request: SignedInRequest) -> bool:
    """Tell whether what was typed is shown again and not kept: the session ended meanwhile, or the button asks so."""
    return bool(request.is_from_before or request.POST.get("stap") == "wijzigen")


async def _typed_fields(request: SignedInRequest) -> dict[str, str]:
    """Give what was typed, if by this citizen: somebody else may have signed in at the same browser meanwhile."""
    sealed = request.POST.get("van", "")
    is_theirs = await carried.unseal_for_citizen(str, request.session, ADDRESS_FORM, sealed) is not None
    return request.POST.dict() if is_theirs else {}


async def _form_page(
    request: SignedInRequest, title: str, form: AddressForm, saved: SavedAddress | None
) -> HttpResponseBase:
    whose = await carried.seal_for_citizen(request.session, ADDRESS_FORM, "")
    context = {"saved": saved, "consent": rules.CONSENT_ADDRESS, "whose": whose}
    return pages.page(request, "address", title, context, form=form)
