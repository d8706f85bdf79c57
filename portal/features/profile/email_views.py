"""The pages of the main e-mail address: enter one, confirm it by a code, take it away. Only after a fresh sign-in.

`other_email_views` shares the forms for the address and the code.
"""

from datetime import timedelta

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from portal.platform.access.guards import SeeOther, recently_signed_in
from portal.platform.access.types import SignedInRequest
from portal.platform.kit import typed_text
from portal.platform.mail.queries import MailState

from . import actions, emails, pages, queries, rules
from .forms import CodeForm, EmailForm
from .types import OTHER_EMAIL, KeptKind, Proposal, Trial
from .views import PAGE

# A mail that is not sent after this long is shown as held up.
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
    """Show the form for an address, or mail a code to the address in it."""
    return await address_form(request, KeptKind.EMAIL)


@PAGE
@recently_signed_in
async def email_code(request: SignedInRequest) -> HttpResponseBase:
    """Show the form for the code, or try a code, mail a new one or withdraw the proposal."""
    return await code_form(request, KeptKind.EMAIL)


@PAGE
@recently_signed_in
async def remove_email(request: SignedInRequest) -> HttpResponseBase:
    """Ask once, naming the address that becomes the main one; then take the main one away."""
    chosen = typed_text.identifier(request.POST.get("opvolger", ""))
    if request.method == "POST" and await emails.remove_main(request.occasion, chosen):
        return pages.back_to_profile("e-mail-weg")
    kept = await pages.profile_of(request, [KeptKind.EMAIL, OTHER_EMAIL])
    if kept.email is None:
        return SeeOther(reverse("profile:profile"))
    successor = next((other for other in kept.other_emails if other.address is not None), None)
    context = {"kind": KeptKind.EMAIL, "kept": kept.email, "successor": successor}
    return pages.page(request, "remove", _("Uw e-mailadres verwijderen?"), context)


async def address_form(request: SignedInRequest, kind: str) -> HttpResponseBase:
    """Do what `email` does, for the main address (KeptKind.EMAIL) or for one more (OTHER_EMAIL).

    Raise TooManyEmails where another tab took the last place meanwhile.
    """
    kept = await pages.profile_of(request, [KeptKind.EMAIL, OTHER_EMAIL])
    current = kept.email.value if kept.email else None
    others = [other.address for other in kept.other_emails if other.address is not None]
    is_full = kind == OTHER_EMAIL and len(kept.other_emails) >= rules.MOST_EMAILS - 1
    if is_full or (kind == OTHER_EMAIL and current is None):
        return pages.to_emails()
    if request.method == "POST":
        if kind == OTHER_EMAIL:
            form = EmailForm(request.POST, others=[*others, current or ""])
        else:
            form = EmailForm(request.POST, current=current, others=others)
        if form.is_valid():
            try:
                await _propose(request, form.cleaned_data["email"], kind)
            except actions.TooManyCodes:
                form.add_error("email", TOO_MANY)
            else:
                return SeeOther(pages.code_page(kind))
    else:
        form = EmailForm()
    context = {
        "kind": kind,
        "form_page": pages.email_page(kind),
        "current": current,
        "consent": rules.CONSENT[KeptKind.EMAIL],
    }
    title = _("Nog een e-mailadres") if kind == OTHER_EMAIL else _("Uw e-mailadres")
    return pages.page(request, "email", title, context, form=form)


async def code_form(request: SignedInRequest, kind: str) -> HttpResponseBase:
    """Do what `email_code` does, for the main address (KeptKind.EMAIL) or for one more (OTHER_EMAIL).

    Raise TooManyEmails where another tab took the last place meanwhile.
    """
    form = CodeForm(request.POST) if request.POST.get("doe") == "controleren" else CodeForm()
    if form.is_bound and form.is_valid():
        trial = await actions.confirm_email(request.occasion, form.cleaned_data["code"], kind=kind)
        if trial is Trial.CONFIRMED:
            return pages.back_to_profile("e-mail-bewaard")
        form.add_error("code", WRONG.get(trial) or await _tries_left(request, kind))
    if request.POST.get("doe") == "annuleren":
        await actions.withdraw_proposal(request.occasion, kind)
        return SeeOther(reverse("profile:profile"))
    proposed = await queries.look_at_proposal(request.occasion, kind)
    if proposed is not None and request.POST.get("doe") == "opnieuw":
        try:
            await _propose(request, proposed.value, kind)
        except actions.TooManyCodes:
            form = CodeForm({})
            form.errors.clear()
            form.add_error("code", TOO_MANY)
        else:
            return SeeOther(pages.code_page(kind))
    context = {
        "form_page": pages.email_page(kind),
        "code_page": pages.code_page(kind),
        "proposed": proposed,
        "mail": await _mail_state(request, proposed),
    }
    return pages.page(request, "email_code", _("Vul de code in"), context, form=form)


async def _propose(request: SignedInRequest, address: str, kind: str) -> None:
    await actions.propose_email(request.occasion, address, code=rules.new_code(), kind=kind)


async def _tries_left(request: SignedInRequest, kind: str) -> str:
    left = await queries.attempts_left(request.occasion, kind)
    if left == 0:
        return str(WRONG[Trial.USED_UP])
    if left == 1:
        return str(gettext_lazy("Deze code is niet juist. U kunt nog 1 keer proberen."))
    return str(gettext_lazy("Deze code is niet juist. U kunt nog %(left)s keer proberen.")) % {"left": left}


async def _mail_state(request: SignedInRequest, proposed: Proposal | None) -> str:
    """Say how far the mail with the code is: a MailState, "under_way" or "held_up" for one that waits, or ""."""
    if proposed is None or proposed.mail_id is None:
        return ""
    state = await queries.mail_state(request.session.citizen_id, proposed.mail_id)
    if state is not MailState.WAITING:
        return str(state)
    return "under_way" if request.occasion.now - proposed.made_at < MOMENT else "held_up"
