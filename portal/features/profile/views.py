"""The pages of the profile as a whole, of the nickname and of the photo."""

from http import HTTPStatus
from typing import Literal

from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.platform.access.guards import SeeOther, signed_in
from portal.platform.access.types import SignedInRequest

from . import actions, pages, queries, rules
from .forms import PHOTO_BUSY, PHOTO_REFUSED, PHOTO_TOO_LARGE, NicknameForm, PhotoForm
from .photo import PhotoBusy, PhotoRefused, square
from .types import OTHER_EMAIL, KeptKind, Profile

RETRY_SECONDS = 15  # after which a photo can be sent again
PAGE = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@signed_in
async def profile(request: SignedInRequest) -> HttpResponse:
    """Show all that we keep of what somebody gave us, and what was just done."""
    kept = await pages.profile_of(request)
    return pages.page(
        request,
        "profile",
        pages.PROFILE,
        {
            "crumbs": [],
            "profile": kept,
            "done": receipt(request.GET.get(pages.DONE, ""), kept),
            "proposals": [
                (proposed, pages.code_page(kind))
                for kind in (KeptKind.EMAIL, OTHER_EMAIL)
                if (proposed := await queries.look_at_proposal(request.occasion, kind)) is not None
            ],
            "consent": {**rules.CONSENT, "address": rules.CONSENT_ADDRESS},
            "has_most_emails": len(kept.other_emails) >= rules.MOST_EMAILS - 1,
            "is_full": len(kept.addresses) >= rules.MOST_ADDRESSES,
        },
    )


def receipt(deed: str, kept: Profile) -> str:
    """Give what was done if the profile bears it out, else "": anybody can make up an address that says so."""
    is_true = {
        "roepnaam-bewaard": kept.nickname is not None,
        "foto-bewaard": kept.photo is not None,
        "e-mail-bewaard": kept.email is not None,
        "adres-bewaard": bool(kept.addresses),
        "roepnaam-weg": kept.nickname is None,
        "foto-weg": kept.photo is None,
        "hoofdadres-gekozen": kept.email is not None,
        "e-mail-weg": True,
        "adres-weg": True,
    }
    return deed if is_true.get(deed) else ""


@PAGE
@signed_in
async def nickname(request: SignedInRequest) -> HttpResponseBase:
    """Show the form for a nickname, or keep the nickname until it is confirmed on the next page."""
    if request.method == "POST":
        form = NicknameForm(request.POST)
        if form.is_valid():
            await actions.propose_nickname(request.occasion, form.cleaned_data["nickname"])
            return SeeOther(reverse("profile:nickname_check"))
    else:
        proposed = await queries.look_at_proposal(request.occasion, KeptKind.NICKNAME)
        current = proposed.value if proposed else await queries.look_at_nickname(request.occasion)
        form = NicknameForm(initial={"nickname": current or ""})
    context = {"consent": rules.CONSENT[KeptKind.NICKNAME]}
    return pages.page(request, "nickname", _("Uw roepnaam"), context, form=form)


@PAGE
@signed_in
async def nickname_check(request: SignedInRequest) -> HttpResponseBase:
    """Show how mails will greet (GET); use the nickname (POST)."""
    session = request.session
    proposed = await queries.look_at_proposal(request.occasion, KeptKind.NICKNAME)
    if proposed is None:
        return SeeOther(reverse("profile:nickname"))
    # Another tab may have proposed another nickname meanwhile: only the one that was shown is confirmed.
    if request.method == "POST" and request.POST.get("voorstel") == str(proposed.id):
        if await actions.confirm_nickname(request.occasion, proposed.id):
            return pages.back_to_profile("roepnaam-bewaard")
        return SeeOther(reverse("profile:nickname"))
    context = {
        "proposed": proposed,
        "is_own_name": rules.is_own_name(proposed.value, session.identity.given_name),
        "consent": rules.CONSENT[KeptKind.NICKNAME],
    }
    return pages.page(request, "nickname_check", _("Is dit uw roepnaam?"), context)


@require_safe
@signed_in
async def photo_file(request: SignedInRequest) -> HttpResponse:
    """Give the citizen's own photo, as JPEG."""
    jpeg = await queries.look_at_photo(request.occasion)
    if jpeg is None:
        raise Http404
    return HttpResponse(
        jpeg,
        content_type="image/jpeg",
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": 'inline; filename="profielfoto.jpg"',
            # Opened by itself, a picture is a page too: this one may do nothing.
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
        },
    )


@PAGE
@signed_in
async def photo(request: SignedInRequest) -> HttpResponseBase:
    """Show the form for a photo, or cut the photo square and keep only that."""
    is_posted, is_busy = request.method == "POST", False
    form = PhotoForm(request.POST, request.FILES) if is_posted else PhotoForm()
    if is_posted and form.is_valid():
        try:
            jpeg = await square(form.cleaned_data["photo"].read(), request.session.citizen_id)
        except PhotoRefused as refused:
            form.add_error("photo", PHOTO_REFUSED[refused.why])
        except PhotoBusy:
            form.add_error("photo", PHOTO_BUSY)
            is_busy = True
        else:
            await actions.keep_photo(request.occasion, jpeg)
            return pages.back_to_profile("foto-bewaard")
    if "te-groot" in request.GET and not is_posted:
        # `config.uploads` stopped reading an upload that was too large, and redirected here.
        form = PhotoForm({}, MultiValueDict())
        form.errors.clear()
        form.add_error("photo", PHOTO_TOO_LARGE)
    kept = await pages.profile_of(request, [KeptKind.PHOTO])
    context = {"kept": kept.photo, "consent": rules.CONSENT[KeptKind.PHOTO]}
    response = pages.page(request, "photo", _("Uw foto"), context, form=form)
    if is_busy:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


@PAGE
@signed_in
async def remove_nickname(request: SignedInRequest) -> HttpResponseBase:
    """Ask once, then take the nickname away."""
    return await remove(request, KeptKind.NICKNAME, "roepnaam")


@PAGE
@signed_in
async def remove_photo(request: SignedInRequest) -> HttpResponseBase:
    """Ask once, then take the photo away."""
    return await remove(request, KeptKind.PHOTO, "foto")


async def remove(
    request: SignedInRequest, kind: Literal[KeptKind.NICKNAME, KeptKind.PHOTO], word: str
) -> HttpResponseBase:
    """Ask once, showing what will be gone; then take it away. word: the beginning of the deed (`receipt`)."""
    if request.method == "POST":
        await actions.remove(request.occasion, kind)
        return pages.back_to_profile(f"{word}-weg")
    kept = getattr(await pages.profile_of(request, [kind]), kind)
    if kept is None:
        return SeeOther(reverse("profile:profile"))
    titles = {
        KeptKind.NICKNAME: _("Uw roepnaam verwijderen?"),
        KeptKind.PHOTO: _("Uw foto verwijderen?"),
    }
    return pages.page(request, "remove", titles[kind], {"kind": kind, "kept": kept})
