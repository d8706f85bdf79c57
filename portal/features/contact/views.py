"""The pages of a question to the contact centre, for anybody: the form, the check before sending, the receipt."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.platform.access import carried
from portal.platform.access.guards import SeeOther, anyone, typed_fields, without_token
from portal.platform.access.refusals import not_theirs
from portal.platform.access.types import Request
from portal.platform.database.pool import DatabaseBusy, DatabaseClosed
from portal.platform.help import entries
from portal.platform.language.current import current
from portal.platform.ui.links import links

from . import actions, forms, queries, rules
from .errors import TooManyFromNetwork, TooManyQuestions
from .forms import FilledForm, FormMark, FormMistake

HELP = _("Hulp nodig?")
TITLE = _("Stel uw vraag")
WHOSE = "van"  # the field of the form that tells whose page it stands on, sealed for that citizen; absent for nobody
WHOSE_FORM = b"question"

# The steps that only show the form with what was typed: to change it, or to go on after the session ended.
AS_TYPED = ("wijzigen", "verder")

# The HTTP status of the page for a question without mistakes that was not accepted, by the reason.
STATUS = {
    "many": HTTPStatus.TOO_MANY_REQUESTS,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "down": HTTPStatus.SERVICE_UNAVAILABLE,
}

log = logging.getLogger("portal.contact")


@require_http_methods(["GET", "HEAD", "POST"])
@anyone
@without_token
async def question(request: Request) -> HttpResponseBase:
    """Show the form; on POST, the form with its mistakes, the check before sending, or (`stap=versturen`) send it."""
    now = datetime.now(UTC)
    if request.method != "POST":
        return await _form(request, _prefill(request), (), now)
    step = request.POST.get("stap")
    if await _is_somebody_elses(request):
        return SeeOther(links.ask_question())
    if step == "wijzigen" and request.session is None and request.POST.get(WHOSE):
        typed = [(name, value) for name, value in typed_fields(request) if name != "stap"]
        return render(request, "contact/kept.html", {"typed": typed, **_always()})
    filled = forms.read(request.POST)
    mark = await forms.read_mark(request.POST.get("formulier", ""), now)
    mistakes = () if step in AS_TYPED else forms.mistakes(filled)
    if mistakes or mark is None or step in AS_TYPED:
        return await _form(request, filled, mistakes, now, mark)
    if step != "versturen":
        return await _page(request, "check.html", filled, mark=request.POST["formulier"])
    return await _send(request, filled, mark, now)


@require_safe
@anyone
async def receipt(request: Request, question_id: UUID) -> HttpResponseBase:
    """Show the receipt of a question: its reference, when it was asked, until when it waits, what happens next."""
    found = await queries.receipt(question_id)
    if found is None:
        raise not_theirs(request, "question")
    context = {"reference": rules.reference(question_id), "receipt": found, **_always()}
    return render(request, "contact/received.html", context)


async def _send(request: Request, filled: FilledForm, mark: FormMark, now: datetime) -> HttpResponseBase:
    posted = request.POST["formulier"]
    if now - mark.issued_at < forms.FASTEST:
        return await _page(request, "check.html", filled, mark=posted, trouble="fast")
    address = request.META.get("REMOTE_ADDR", "")
    asked = forms.question_of(filled)
    question_id = await forms.question_id(mark.form_id, asked)
    try:
        await actions.ask(question_id, asked, address)
    except TooManyFromNetwork:
        log.warning("question refused: too many from one network %s", request.correlation_id)
        return await _page(request, "check.html", filled, mark=posted, trouble="many")
    except TooManyQuestions:
        log.error("question refused: too many from everywhere %s", request.correlation_id)
        return await _page(request, "check.html", filled, mark=posted, trouble="busy")
    except (DatabaseBusy, DatabaseClosed) as error:
        log.error("question not taken: %s %s", type(error).__name__, request.correlation_id)
        return await _page(request, "check.html", filled, mark=posted, trouble="down")
    return SeeOther(links.question_received(question_id))


async def _is_somebody_elses(request: Request) -> bool:
    """Tell whether the form stood on a page of another citizen than the one who is signed in now and sends it."""
    sealed = request.POST.get(WHOSE, "")
    if sealed == "" or request.session is None:
        return False
    return await carried.unseal_for_citizen(str, request.session, WHOSE_FORM, sealed) is None


async def _form(
    request: Request, filled: FilledForm, mistakes: Sequence[FormMistake], now: datetime, mark: FormMark | None = None
) -> HttpResponseBase:
    is_posted = request.method == "POST"
    if is_posted and mark is None:
        # The mark is too old or wrong: a new form shows what was typed.
        words = gettext("Het formulier stond te lang open. Uw tekst staat er nog. Kijk hem na en ga verder.")
        mistakes = [*mistakes, FormMistake("formulier", words)]
    written = request.POST["formulier"] if mark else await forms.issue_mark(uuid4(), now)
    return await _page(request, "question.html", filled, mark=written, mistakes=mistakes)


def _prefill(request: Request) -> FilledForm:
    """Give a form with the topic and first words of the help entry in the address, and the reference, if any."""
    entry = entries.whole_help().entries.get(request.GET.get("over", ""))
    if entry is None:
        return FilledForm()
    reference = request.GET.get("kenmerk", "")
    named = gettext("Kenmerk: %(reference)s") % {"reference": reference} if rules.is_reference(reference) else ""
    return FilledForm(topic=entry.topic.id, text="\n".join(part for part in (entry.begins.strip(), named) if part))


async def _page(
    request: Request,
    template: str,
    filled: FilledForm,
    *,
    mark: str,
    mistakes: Sequence[FormMistake] = (),
    trouble: str = "",
) -> HttpResponseBase:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if mistakes else STATUS.get(trouble, HTTPStatus.OK)
    wrong = {mistake.field: mistake.text for mistake in reversed(mistakes)}
    context = {
        "filled": filled,
        "mark": mark,
        "whose": await carried.seal_for_citizen(request.session, WHOSE_FORM, "") if request.session else "",
        "mistakes": mistakes,
        "wrong": wrong,
        "trouble": trouble,
        "topics": forms.topics(current()),
        **_always(),
    }
    return render(request, f"contact/{template}", context, status=status)


def _always() -> dict[str, Any]:
    """Give the context that all pages of contact share."""
    return {
        "contact": {"phone": settings.CONTACT_PHONE, "email": settings.CONTACT_EMAIL},
        "crumbs": [{"title": HELP, "href": links.help_page()}, {"title": TITLE, "href": ""}],
    }
