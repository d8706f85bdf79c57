"""The pages of contact preferences: an overview, one address for all services, or one for each."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from itertools import groupby
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods

from portal.platform.access.guards import SeeOther, signed_in
from portal.platform.access.types import SignedInRequest

from . import preference_actions as actions
from . import preference_forms as forms
from . import preference_rules as rules
from . import preferences, service_list
from .preference_rules import Pace, Preferences, Way
from .preferences import Choice
from .service_list import ServiceName

TITLE = _("Contactvoorkeuren")
PAGE = require_http_methods(["GET", "HEAD", "POST"])
DONE = "klaar"


@PAGE
@signed_in
async def overview(request: SignedInRequest) -> HttpResponseBase:
    """Show the preferences, with links to the two forms; a POST withdraws all of them."""
    if request.method == "POST":
        await actions.withdraw(request.occasion)
        return SeeOther(f"{reverse('notifications:preferences')}?{DONE}=geen-mails")
    choice = await preferences.look_at_choice(request.occasion)
    all_services = service_list.list_services()
    known = choice.preferences or Preferences()
    context = {
        "crumbs": [],
        "choice": choice,
        "way": known.way,
        "is_daily": known.pace is Pace.DAILY,
        "mailed": _mails_by_address(known, all_services, choice),
        "lost": _losses(known, all_services, choice),
        "silent": _silent(known, all_services),
        "address": rules.address_for(known, rules.EBOX, choice.emails) if known.way is Way.ALL else "",
        "done": _receipt(request.GET.get(DONE, ""), known),
        "consent": rules.CONSENT,
    }
    return _page(request, "preferences", TITLE, context)


@PAGE
@signed_in
async def for_all(request: SignedInRequest) -> HttpResponseBase:
    """Show the form with one address for all services, and store it on POST."""
    choice = await preferences.look_at_choice(request.occasion)
    if not choice.emails:
        return SeeOther(reverse("notifications:preferences"))
    start = forms.initial(choice.preferences, service_list.list_services(), choice.emails)
    is_sent = request.method == "POST"
    form = forms.AllForm(request.POST if is_sent else None, emails=choice.emails, initial=start)
    return await _take(request, form, "preferences_all", _("Eén adres voor alle diensten"), {})


@PAGE
@signed_in
async def for_each(request: SignedInRequest) -> HttpResponseBase:
    """Show the form with an address or none for each service, and store it on POST."""
    choice = await preferences.look_at_choice(request.occasion)
    if not choice.emails:
        return SeeOther(reverse("notifications:preferences"))
    offered = service_list.list_services()
    start = forms.initial(choice.preferences, offered, choice.emails)
    is_sent = request.method == "POST"
    form = forms.EachForm(
        request.POST if is_sent else None,
        emails=choice.emails,
        services=offered,
        known=choice.preferences,
        initial=start,
    )
    groups = [
        (body, [forms.name_of(service) for service in group])
        for body, group in groupby(offered, key=lambda service: service.body)
    ]
    return await _take(request, form, "preferences_each", _("Kiezen per dienst"), {"groups": groups})


async def _take(
    request: SignedInRequest,
    form: forms.AllForm | forms.EachForm,
    template: str,
    title: str,
    context: Mapping[str, Any],
) -> HttpResponseBase:
    """Store the preferences of a valid form and redirect to the overview; else show the form."""
    if form.is_bound and form.is_valid():
        chosen = form.preferences()
        try:
            await actions.choose(request.occasion, chosen)
        except actions.AddressUnknown:
            # It was removed in another tab after the form was checked.
            form.add_error(None, gettext_lazy("Een adres dat u koos, is intussen uit uw profiel. Kies opnieuw."))
        else:
            done = "geen-mails" if chosen.way is Way.NONE else "bewaard"
            return SeeOther(f"{reverse('notifications:preferences')}?{DONE}={done}")
    crumbs = [{"title": TITLE, "href": reverse("notifications:preferences")}, {"title": title, "href": ""}]
    return _page(request, template, title, {"crumbs": crumbs, "form": form, "consent": rules.CONSENT, **context})


def _mails_by_address(
    known: Preferences, offered: Sequence[ServiceName], choice: Choice
) -> Sequence[tuple[str, Sequence[ServiceName]]]:
    """List each address with the services that are mailed there; () unless those were chosen one by one."""
    if known.way is not Way.EACH:
        return ()
    found = [
        (email.address, [one for one in offered if known.services.get(one.key) == email.id])
        for email in choice.emails
    ]
    return [(address, each) for address, each in found if each]


def _losses(known: Preferences, offered: Sequence[ServiceName], choice: Choice) -> Sequence[ServiceName]:
    gone = set(rules.without_address(known, [one.key for one in offered], choice.emails))
    return [one for one in offered if one.key in gone]


def _silent(known: Preferences, offered: Sequence[ServiceName]) -> Sequence[ServiceName]:
    """List the services without an address; () unless those were chosen one by one."""
    return [one for one in offered if one.key not in known.services] if known.way is Way.EACH else ()


def _receipt(done: str, known: Preferences) -> str:
    """Give what the address says was done, where the preferences agree: anybody can write an address."""
    agrees = {"bewaard": known.way is not Way.NONE, "geen-mails": known.way is Way.NONE}
    return done if agrees.get(done) else ""


def _page(request: SignedInRequest, template: str, title: str, context: Mapping[str, Any]) -> HttpResponseBase:
    form = context.get("form")
    has_errors = form is not None and form.is_bound and bool(form.errors)
    values = {"title": title, "has_errors": has_errors, "form": form, **context}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if has_errors else HTTPStatus.OK
    return render(request, f"notifications/{template}.html", values, status=status)
