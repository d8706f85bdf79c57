"""The pages of rights: what each right is, the steps of a request, the list of requests and the page of one."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.features.privacy import authorities
from portal.features.profile import queries as profile
from portal.platform.access import carried, return_path
from portal.platform.access.guards import SeeOther, anyone, is_recent, keeps_typed, session_of, signed_in
from portal.platform.access.refusals import not_theirs
from portal.platform.access.types import Request, SignedInRequest
from portal.platform.kit import typed_text
from portal.platform.language import dates
from portal.platform.sources import catalogue
from portal.platform.sources.catalogue import Agency
from portal.platform.ui.links import links

from . import actions, consents, explained, offering, queries, rules, section
from .consents import ConsentInWords
from .forms import RequestForm
from .types import OURSELVES, Ask, DataRight

PRIVACY = _("Privacy")
RIGHTS = _("Uw rechten")
OWN = _("Uw verzoeken")
PAPER = _("Zonder aanmelden")
WHOM = _("Aan wie vraagt u het?")
CHECK = _("Kijk uw verzoek na")
# The values of the buttons that change a request again, and send it; any other value shows the check page.
CHANGE, SEND = "wijzigen", "versturen"
# Stands for the portal itself in an address, where the others have the id of a body: no id has a hyphen.
SELF = "mijn-burgerprofiel"

log = logging.getLogger("portal.rights")


class Aim(NamedTuple):
    """Which right, and whom a request is for. body: its id, "" for the portal itself; agency: None for that."""

    right: DataRight
    body: str
    agency: Agency | None

    @property
    def handle(self) -> str:
        """Give what stands for the body in an address."""
        return self.body or SELF


@require_safe
@anyone
async def rights(request: Request) -> HttpResponse:
    """List the rights, each in a sentence."""
    each = [(right, explained.RIGHTS[right]) for right in DataRight]
    return _page(request, "index", RIGHTS, {"each": each, "crumbs": _crumbs()})


@require_safe
@anyone
async def right_page(request: Request, right: str) -> HttpResponse:
    """Show what a right is, which pages grant it at once, and how to make a request."""
    known = _right(right)
    context: dict[str, Any] = {"right": known, "words": explained.RIGHTS[known], "at_once": explained.at_once(known)}
    is_withdrawal = known is DataRight.WITHDRAWAL
    context["given"] = await _consents_given(request) if is_withdrawal else None
    context["left_out"] = consents.titles_left_out() if is_withdrawal else ()
    context["sign_in"] = links.sign_in(request.path) if is_withdrawal else ""
    return _page(request, "right", known.label, {**context, "crumbs": _crumbs(known.label)})


async def _consents_given(request: Request) -> Sequence[ConsentInWords] | None:
    """List the consents of who is signed in; None for anybody else, and where they cannot be read.

    While the database is away, say: the page explains a right to everybody, so it is shown without them.
    """
    try:
        session = session_of(request)
        return await consents.consents_of(session.citizen_id) if session else None
    except Exception as error:
        log.error("consents not read: %s %s", type(error).__name__, request.correlation_id)
        return None


@require_safe
@anyone
async def paper(request: Request) -> HttpResponse:
    """Show how people who cannot sign in make a request by mail or letter."""
    desks = [(agency, desk) for agency in offering.bodies() if (desk := section.of(agency))]
    return _page(
        request, "paper", PAPER, {"desks": desks, "post": settings.CONTROLLER_ADDRESS, "crumbs": _crumbs(PAPER)}
    )


@require_safe
@signed_in
async def requests(request: SignedInRequest) -> HttpResponseBase:
    """List what the citizen asked, the newest first."""
    followed = await queries.look_at_requests(request.occasion)
    # The template's `url` caches every address that it makes, so those of requests, which are endless, are made here.
    rows = [(item, reverse("privacy:request", kwargs={"reference": item.reference})) for item in followed]
    return _page(request, "requests", OWN, {"rows": rows, "crumbs": _crumbs(OWN)})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def request_page(request: SignedInRequest, reference: str) -> HttpResponseBase:
    """Show one request and how far it is, just after it was sent as its receipt (GET), or close it (POST)."""
    if not rules.is_reference(reference):
        raise Http404
    followed = await queries.look_at_requests(request.occasion, reference)
    if not followed:
        raise not_theirs(request, "request")
    here = reverse("privacy:request", kwargs={"reference": reference})
    if request.method == "POST":
        await actions.close(request.occasion, reference)
        return SeeOther(here)
    (one,) = followed
    agency = catalogue.installed().agency(one.body) if one.body else None
    crumbs = [*_crumbs(OWN)[:-1], {"title": OWN, "href": reverse("privacy:requests")}]
    crumbs.append({"title": one.reference, "href": ""})
    context = {
        "one": one,
        "here": here,
        "agency": agency,
        "until": dates.day(one.state.ends_on),
        "desk": section.of(agency) if agency else None,
        # The address can be bookmarked and reloaded: later the page must not say that it was just sent.
        "is_new": "nieuw" in request.GET and rules.is_just_sent(one, request.occasion.now),
        "crumbs": crumbs,
    }
    return _page(request, "request", one.right.label, context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@keeps_typed
async def ask(request: SignedInRequest, right: str) -> HttpResponseBase:
    """Make a request in steps: choose whom it is for, write it, check it, send it."""
    known = _right(right)
    handle = (request.POST if request.method == "POST" else request.GET).get("dienst", "")
    if not handle and request.method != "POST":
        context = {"right": known, "bodies": offering.bodies(), "self": SELF, "crumbs": _crumbs(known.label)}
        return _page(request, "whom", WHOM, context)
    aim = _aim(known, handle)
    if request.method == "POST":
        return await _handle_post(request, aim)
    if aim.agency and (datasets := offering.datasets_to_correct(known, aim.agency)):
        context = {**_aim_context(aim), "datasets": datasets, "crumbs": _crumbs(known.label)}
        return _page(request, "wrong_data", known.label, context)
    return await _form(
        request, aim, RequestForm(initial={"reply_to": await profile.address_for_answers(request.occasion)}), uuid4()
    )


async def _handle_post(request: SignedInRequest, aim: Aim) -> HttpResponseBase:
    """Send the checked request, or show the check page or the form again, as the button `stap` says."""
    form_key = typed_text.identifier(request.POST.get("sleutel", ""))
    if form_key is None:
        raise Http404
    step, purpose = request.POST.get("stap", ""), rules.form_purpose(aim.right, aim.body, form_key)
    if step == SEND and not request.is_from_before:
        content = carried.unseal(Ask, request.session, purpose, request.POST.get("ontwerp", ""))
        if content is not None:
            return await _send(request, aim, content, form_key)
    own_handle = await carried.unseal_for_citizen(str, request.session, purpose, request.POST.get("van", ""))
    if own_handle is None and request.is_from_before:
        # The form may be of another citizen, who used this browser before: nothing of it is shown.
        return SeeOther(f"{request.path}?dienst={aim.handle}")
    typed = {name: request.POST[name] for name in ("about", "reply_to") if name in request.POST}
    if step == CHANGE or request.is_from_before or own_handle is None:
        return await _form(request, aim, RequestForm(initial=typed), form_key)
    form = RequestForm(request.POST)
    if not form.is_valid():
        return await _form(request, aim, form, form_key)
    body = aim.agency.manifest.name if aim.agency else OURSELVES
    content = Ask(body, form.cleaned_data["about"], form.cleaned_data["reply_to"])
    kept = {"van": request.POST["van"], "ontwerp": carried.seal(request.session, purpose, content)}
    return _check(request, aim, content, {"form_key": form_key, **kept})


async def _send(request: SignedInRequest, aim: Aim, content: Ask, form_key: UUID) -> HttpResponseBase:
    """Take the request in; when that fails, show the check page again, with all that was typed.

    So too where an answer would go to an address that nobody showed to be the citizen's, and they did not sign in
    just now: somebody else may sit at a device that they left.
    """
    kept = {"form_key": form_key, "van": request.POST.get("van", ""), "ontwerp": request.POST["ontwerp"]}
    try:
        if not await _may_answer_at(request, content.reply_to):
            return _check(request, aim, content, {**kept, "trouble": "again"}, HTTPStatus.FORBIDDEN)
        reference = await actions.ask(request.session, request.occasion, (aim.right, aim.body, content), form_key)
    except actions.TooManyRequests:
        trouble, status = "many", HTTPStatus.TOO_MANY_REQUESTS
    except Exception as error:
        # The type only: a message of the database can quote a value.
        log.error("a request was not taken in: %s %s", type(error).__name__, request.correlation_id)
        trouble, status = "failed", HTTPStatus.SERVICE_UNAVAILABLE
    else:
        return SeeOther(f"{reverse('privacy:request', kwargs={'reference': reference})}?nieuw=1")
    return _check(request, aim, content, {**kept, "trouble": trouble}, status)


async def _may_answer_at(request: SignedInRequest, reply_to: str) -> bool:
    """Tell whether an answer may go there: by letter, to an address shown to be theirs, or after a recent sign-in."""
    return not reply_to or is_recent(request.session) or await profile.is_own_email(request.occasion, reply_to)


def _check(
    request: SignedInRequest,
    aim: Aim,
    content: Ask,
    hidden: Mapping[str, Any],
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    context = {
        "trouble": "",
        **_aim_context(aim),
        "ask": content,
        "hidden": hidden,
        "most": rules.MOST_OPEN,
        "sign_in": links.sign_in_anew(return_path.safe_path(request.path)),
        **hidden,
        "crumbs": _crumbs(aim.right.label),
    }
    return _page(request, "check", CHECK, context, status)


async def _form(request: SignedInRequest, aim: Aim, form: RequestForm, form_key: UUID) -> HttpResponse:
    has_errors = form.is_bound and bool(form.errors)
    purpose = rules.form_purpose(aim.right, aim.body, form_key)
    context = {
        **_aim_context(aim),
        "form": form,
        "has_errors": has_errors,
        "form_key": form_key,
        "van": await carried.seal_for_citizen(request.session, purpose, aim.handle),
        "hint": explained.RIGHTS[aim.right].example,
        "most": rules.LONGEST_ABOUT,
        "crumbs": _crumbs(aim.right.label),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if has_errors else HTTPStatus.OK
    return _page(request, "form", aim.right.label, context, status)


def _aim_context(aim: Aim) -> dict[str, Any]:
    desk = section.of(aim.agency) if aim.agency else None
    return {"right": aim.right, "agency": aim.agency, "desk": desk, "handle": aim.handle}


def _page(
    request: Request, template: str, title: str, context: Mapping[str, Any], status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    values = {
        "title": title,
        "authorities": authorities.list_authorities(),
        "dpo": settings.DPO_EMAIL,
        "has_errors": False,
        **context,
    }
    return render(request, f"privacy/rights_{template}.html", values, status=status)


def _crumbs(here: str = "") -> list[dict[str, str]]:
    above = {"title": PRIVACY, "href": reverse("privacy:policy")}
    own = {"title": RIGHTS, "href": reverse("privacy:rights") if here else ""}
    return [above, own, *([{"title": here, "href": ""}] if here else [])]


def _right(text: str) -> DataRight:
    try:
        return DataRight(text)
    except ValueError:
        raise Http404 from None


def _aim(right: DataRight, handle: str) -> Aim:
    if handle == SELF:
        return Aim(right, OURSELVES, None)
    agency = catalogue.installed().agency(handle)
    if agency is None:
        raise Http404
    return Aim(right, agency.id, agency)
