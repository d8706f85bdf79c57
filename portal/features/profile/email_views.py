"""The contact address: entered, shown to be one's own by a code, taken away. Only after a fresh sign-in."""

from datetime import timedelta

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from portal.platform.access.guards import SeeOther, recently_signed_in
from portal.platform.access.types import SignedInRequest
from portal.platform.mail.queries import State

from . import actions, pages, queries, rules
from .forms import CodeForm, EmailForm
from .types import KeptKind, Proposal, Trial
from .views import PAGE, removed

# A mail takes a moment; after this much of it something is wrong with the way it goes.
MOMENT = timedelta(seconds=30)

TOO_MANY = gettext_lazy(
    "Er zijn in het voorbije uur al 5 codes gevraagd, door u of voor dit adres. Probeer het over een uur opnieuw."
)
WRONG = {
    Trial.USED_UP: gettext_lazy("U vulde 5 keer een verkeerde code in. Deze code werkt niet meer: vraag een nieuwe."),
    Trial.EXPIRED: gettext_lazy("Deze code is te oud: ze werkt 15 minuten. Vraag een nieuwe."),
    Trial.NONE: gettext_lazy("Deze code werkt niet meer. Vul uw e-mailadres opnieuw in."),
}


@PAGE
@recently_signed_in
async def email(request: SignedInRequest) -> HttpResponseBase:
    """Take an address and mail a code to it."""
    kept = (await pages.profile_of(request, [KeptKind.EMAIL])).email
    current = kept.value if kept else None
    if request.method == "POST":
        form = EmailForm(request.POST, current=current)
        if form.is_valid():
            try:
                await _propose(request, form.cleaned_data["email"])
            except actions.TooManyCodes:
                form.add_error("email", TOO_MANY)
            else:
                return SeeOther(reverse("profile:email_code"))
    else:
        form = EmailForm()
    context = {"current": current, "consent": rules.CONSENT[KeptKind.EMAIL]}
    return pages.page(request, "email", _("Uw e-mailadres"), context, form=form)


@PAGE
@recently_signed_in
async def email_code(request: SignedInRequest) -> HttpResponseBase:
    """Take the code; also send another one, or leave it at that."""
    form = CodeForm(request.POST) if request.POST.get("doe") == "controleren" else CodeForm()
    if form.is_bound and form.is_valid():
        trial = await actions.confirm_email(request.occasion, form.cleaned_data["code"])
        if trial is Trial.CONFIRMED:
            return pages.done("e-mail-bewaard")
        form.add_error("code", WRONG.get(trial) or await _tries_left(request))
    if request.POST.get("doe") == "annuleren":
        await actions.withdraw_proposal(request.occasion, KeptKind.EMAIL)
        return SeeOther(reverse("profile:profile"))
    proposed = await queries.look_at_proposal(request.occasion, KeptKind.EMAIL)
    if proposed is not None and request.POST.get("doe") == "opnieuw":
        try:
            await _propose(request, proposed.value)
        except actions.TooManyCodes:
            form = CodeForm({})
            form.errors.clear()
            form.add_error("code", TOO_MANY)
        else:
            return SeeOther(reverse("profile:email_code"))
    context = {"proposed": proposed, "mail": await _state(request, proposed)}
    return pages.page(request, "email_code", _("Vul de code in"), context, form=form)


@PAGE
@recently_signed_in
async def remove_email(request: SignedInRequest) -> HttpResponseBase:
    """Ask once, then take the address away."""
    return await removed(request, KeptKind.EMAIL, "e-mail")


async def _propose(request: SignedInRequest, address: str) -> None:
    await actions.propose_email(request.occasion, address, code=rules.new_code())


async def _tries_left(request: SignedInRequest) -> str:
    left = await queries.attempts_left(request.occasion)
    if left == 0:
        return str(WRONG[Trial.USED_UP])
    if left == 1:
        return str(gettext_lazy("Deze code is niet juist. U kunt nog 1 keer proberen."))
    return str(gettext_lazy("Deze code is niet juist. U kunt nog %(left)s keer proberen.")) % {"left": left}


async def _state(request: SignedInRequest, proposed: Proposal | None) -> str:
    """Say how far the mail with the code is: sent, given up, under way, or held up."""
    if proposed is None or proposed.mail_id is None:
        return ""
    state = await queries.mail_state(request.session.citizen_id, proposed.mail_id)
    if state is not State.WAITING:
        return str(state)
    return "under_way" if request.occasion.now - proposed.made_at < MOMENT else "held_up"
