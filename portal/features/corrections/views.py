"""The pages of reports: the steps of making one (choose a datum, write, check, send), the list, the page of one."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.features.profile import queries as profile
from portal.platform.access import carried
from portal.platform.access.guards import SeeOther, keeps_typed, signed_in, typed_fields
from portal.platform.access.refusals import not_theirs
from portal.platform.access.types import SignedInRequest
from portal.platform.kit import typed_text
from portal.platform.kit.errors import PortalError
from portal.platform.municipalities import wording
from portal.platform.sources import asking, catalogue, datasets, residence
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.inquiry import of_oneself
from portal.platform.sources.reading.outcomes import Nothing, Outcome, Partial, Ready, facts_of, is_answer
from portal.platform.ui.links import links

from . import actions, queries, rules, section
from .forms import ReportForm
from .types import LOOK, DisputedDatum, Report

LISTED = _("Gemelde fouten")
TITLE = _("Klopt dit niet?")
CHOOSE = _("Wat klopt er niet?")
CHECK = _("Kijk uw melding na")
MISSING_LABEL = _("Er ontbreekt iets")
# The values of the buttons that change a report again, and send it; any other value shows the check page.
CHANGE, SEND = "wijzigen", "versturen"

log = logging.getLogger("portal.corrections")


class SessionOver(PortalError):
    """The session ended while a body was asked."""

    code = "corrections.session_over"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@keeps_typed
async def report(request: SignedInRequest, agency: str, dataset: str) -> HttpResponseBase:
    """Show what one can do about a wrong datum; where there is a form, take the report in steps."""
    entry = catalogue.installed().entry(f"{agency}.{dataset}")
    if entry is None or section.of(entry) is None:
        raise Http404
    try:
        return await _report(request, entry)
    except SessionOver:
        return SeeOther(links.session_ended(request.path))


async def _report(request: SignedInRequest, entry: DatasetEntry) -> HttpResponseBase:
    is_allowed = asking.may_see(request.session, datasets.inquiry_of(entry))
    has_form = rules.endpoint_of(entry) is not None
    if request.method == "POST":
        if not has_form:
            raise Http404
        return await _handle_post(request, entry) if is_allowed else await _keep(request, entry)
    if not has_form or not is_allowed:
        is_about_child = request.GET.get("over") == rules.CHILD
        desk = await _desk(request, entry) if is_allowed and not is_about_child else ""
        context = {"is_allowed": is_allowed, "is_about_child": is_about_child, "desk": desk}
        return _page(request, entry, "way", TITLE, context)
    handle = request.GET.get("gegeven", "")
    if not handle:
        context = {"outcome": await _answer(request, entry), "part": request.GET.get("onderdeel", "")}
        return _page(request, entry, "choose", CHOOSE, context)
    return await _begin(
        request, entry, handle, uuid4(), {"reply_to": await profile.address_for_answers(request.occasion)}
    )


@require_safe
@signed_in
async def report_page(request: SignedInRequest, reference: str) -> HttpResponseBase:
    """Show one report and how far it is; just after it was sent, as its receipt."""
    if not rules.is_reference(reference):
        raise Http404
    reports = await queries.look_at_reports(request.occasion, reference)
    if not reports:
        raise not_theirs(request, "report")
    (one,) = reports
    crumbs = [{"title": LISTED, "href": reverse("corrections:listed")}, {"title": one.reference, "href": ""}]
    entry = catalogue.installed().entry(one.dataset)
    # The address can be bookmarked and reloaded: later the page must not say that the report was just sent.
    is_new = "nieuw" in request.GET and rules.is_just_sent(one, request.occasion.now)
    correction = section.of(entry) if entry else None
    context = {"one": one, "crumbs": crumbs, "entry": entry, "correction": correction, "is_new": is_new}
    return render(request, "corrections/followed.html", context)


@require_safe
@signed_in
async def report_list(request: SignedInRequest) -> HttpResponseBase:
    """List what the citizen reported, the newest first."""
    reports = await queries.look_at_reports(request.occasion)
    # The template's `url` caches every address that it makes, so those of reports, which are endless, are made here.
    rows = [(item, reverse("corrections:followed", kwargs={"reference": item.reference})) for item in reports]
    return render(request, "corrections/listed.html", {"title": LISTED, "rows": rows})


def _form_of(request: SignedInRequest) -> tuple[UUID, str]:
    """Give the key of the posted form, and the handle of its datum; raise Http404 where it has none."""
    form_key = typed_text.identifier(request.POST.get("sleutel", ""))
    handle = request.POST.get("gegeven", "")
    if form_key is None or not handle:
        raise Http404
    return form_key, handle


async def _seen(request: SignedInRequest, entry: DatasetEntry, form_key: UUID) -> DisputedDatum | None:
    """Open the datum that the posted form is about; None when it is of another citizen, or was changed."""
    purpose = rules.form_purpose(DisputedDatum, entry, form_key)
    return await carried.unseal_for_citizen(DisputedDatum, request.session, purpose, request.POST.get("gezien", ""))


async def _keep(request: SignedInRequest, entry: DatasetEntry) -> HttpResponseBase:
    """Carry what was typed out of sight where the citizen signed in again, and too weakly for these data."""
    form_key = _form_of(request)[0]
    if request.is_from_before and await _seen(request, entry, form_key) is None:
        return SeeOther(request.path)
    context = {"is_allowed": False, "is_about_child": False, "desk": "", "typed": typed_fields(request)}
    return _page(request, entry, "way", TITLE, context, status=HTTPStatus.FORBIDDEN)


async def _handle_post(request: SignedInRequest, entry: DatasetEntry) -> HttpResponseBase:
    """Send the checked report, or show the check page or the form again, as the button `stap` says."""
    form_key, handle = _form_of(request)
    step = request.POST.get("stap", "")
    if step == SEND and not request.is_from_before:
        purpose, draft = rules.form_purpose(Report, entry, form_key), request.POST.get("ontwerp", "")
        content = carried.unseal(Report, request.session, purpose, draft)
        if content is not None:
            return await _send(request, entry, handle, content, form_key)
    seen = await _seen(request, entry, form_key)
    if seen is None and request.is_from_before:
        # The form may be of another citizen, who used this browser before: nothing of it is shown.
        return SeeOther(request.path)
    if seen is None:
        # The form was not made by us, or was changed: begin again with what the answer says now.
        return await _begin(request, entry, handle, form_key, _typed_fields(request))
    is_missing = handle == rules.MISSING
    if step == CHANGE or request.is_from_before:
        return await _form(
            request, entry, handle, seen, ReportForm(initial=_typed_fields(request), is_missing=is_missing), form_key
        )
    form = ReportForm(request.POST, is_missing=is_missing)
    if not form.is_valid():
        return await _form(request, entry, handle, seen, form, form_key)
    content = _content(entry, seen, form.cleaned_data)
    context = {
        "handle": handle,
        "form_key": form_key,
        "report": content,
        "seen": request.POST.get("gezien", ""),
        "draft": carried.seal(request.session, rules.form_purpose(Report, entry, form_key), content),
    }
    return _page(request, entry, "check", CHECK, context)


async def _begin(
    request: SignedInRequest, entry: DatasetEntry, handle: str, form_key: UUID, typed: Mapping[str, str]
) -> HttpResponse:
    """Show the form about the datum as the body has it now; where it has no such datum, what else can be chosen."""
    seen = _missing(handle)
    if seen is None:
        outcome = await _answer(request, entry)
        seen = rules.find_datum(outcome, handle, entry.dataset)
        if seen is None:
            is_gone = is_answer(outcome)
            status = HTTPStatus.NOT_FOUND if is_gone else HTTPStatus.SERVICE_UNAVAILABLE
            context = {"outcome": outcome, "is_gone": is_gone}
            return _page(request, entry, "choose", CHOOSE, context, status=status)
    form = ReportForm(initial=typed, is_missing=handle == rules.MISSING)
    return await _form(request, entry, handle, seen, form, form_key)


async def _send(
    request: SignedInRequest, entry: DatasetEntry, handle: str, content: Report, form_key: UUID
) -> HttpResponseBase:
    """Take the report in; when that fails, show the check page again, with all that was typed."""
    try:
        reference = await actions.report(request.session, request.occasion, entry, content, form_key)
    except actions.TooManyReports:
        trouble, status = "many", HTTPStatus.TOO_MANY_REQUESTS
    except Exception as error:
        # The type only: a message of the database can quote a value.
        log.error("a report was not taken in: %s %s", type(error).__name__, request.correlation_id)
        trouble, status = "failed", HTTPStatus.SERVICE_UNAVAILABLE
    else:
        return SeeOther(f"{reverse('corrections:followed', kwargs={'reference': reference})}?nieuw=1")
    kept = {"seen": request.POST.get("gezien", ""), "draft": request.POST["ontwerp"]}
    context = {"handle": handle, "form_key": form_key, "report": content, "trouble": trouble, **kept}
    return _page(request, entry, "check", CHECK, context, status=status)


async def _answer(request: SignedInRequest, entry: DatasetEntry) -> Outcome:
    """Ask the body for the whole answer, as pages have it. Raise SessionOver."""
    own = of_oneself(request.session, request.occasion, LOOK)
    answers = await asking.all_answers(own, [datasets.inquiry_of(entry)])
    if answers is None:
        raise SessionOver
    ((_, outcome),) = answers
    return outcome


async def _desk(request: SignedInRequest, entry: DatasetEntry) -> str:
    """Render the population desk where the citizen lives, as HTML.

    "" where the body does not refer to it, or no dataset says where people live.
    """
    correction, register = section.of(entry), residence.entry()
    if correction is None or correction.desk != "municipality" or register is None:
        return ""
    return wording.render_desk(residence.desk_of(register, await _answer(request, register)))


def _missing(handle: str) -> DisputedDatum | None:
    """Give the datum for the handle of what is missing; None for any other handle."""
    return DisputedDatum(MISSING_LABEL) if handle == rules.MISSING else None


def _content(entry: DatasetEntry, seen: DisputedDatum, typed: Mapping[str, str]) -> Report:
    return Report(
        dataset=entry.dataset.title,
        body=entry.agency.manifest.name,
        part=seen.part,
        label=seen.label,
        path=seen.path,
        shown=seen.value,
        should_be=typed["should_be"],
        why=typed["why"],
        reply_to=typed["reply_to"],
    )


async def _form(
    request: SignedInRequest, entry: DatasetEntry, handle: str, seen: DisputedDatum, form: ReportForm, form_key: UUID
) -> HttpResponse:
    has_errors = form.is_bound and bool(form.errors)
    context = {
        "form": form,
        "has_errors": has_errors,
        "handle": handle,
        "form_key": form_key,
        "about": seen,
        "seen": await carried.seal_for_citizen(
            request.session, rules.form_purpose(DisputedDatum, entry, form_key), seen
        ),
        "most": {"should_be": rules.LONGEST_SHOULD_BE, "why": rules.LONGEST_WHY},
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if has_errors else HTTPStatus.OK
    return _page(request, entry, "form", TITLE, context, status=status)


def _page(
    request: SignedInRequest,
    entry: DatasetEntry,
    template: str,
    title: str,
    context: Mapping[str, Any],
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    outcome = context.get("outcome")
    choices = rules.choices_of(facts_of(outcome) if outcome else (), entry.dataset, context.get("part", ""))
    values = {
        "title": title,
        "entry": entry,
        "correction": section.of(entry),
        "choices": choices,
        # A whole answer without a choice has only remarks, and none of those can be wrong.
        "is_nothing": not choices and isinstance(outcome, Nothing | Ready),
        "is_partial": isinstance(outcome, Partial),
        "missing": rules.MISSING,
        "trouble": "",
        "is_gone": False,
        **context,
    }
    return render(request, f"corrections/{template}.html", values, status=status)


def _typed_fields(request: SignedInRequest) -> dict[str, str]:
    return {name: request.POST[name] for name in ("should_be", "why", "reply_to") if name in request.POST}
