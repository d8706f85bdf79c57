"""The question form, signed in or not: fill in, look over, send, and the receipt."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.platform.access.guards import SeeOther, anyone, without_token
from portal.platform.access.refusals import not_theirs
from portal.platform.access.types import Request
from portal.platform.database.pool import DatabaseBusy, DatabaseClosed
from portal.platform.language.current import current
from portal.platform.mail import contact_centre
from portal.platform.mail.errors import TooManyFromNetwork, TooManyQuestions

from . import help_entries, question_form
from .help_views import HELP
from .question_form import Filled, Mark, Mistake

TITLE = _("Stel uw vraag")

# Of a question that was looked over and not taken, by what stands in its way.
STATUS = {
    "many": HTTPStatus.TOO_MANY_REQUESTS,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "down": HTTPStatus.SERVICE_UNAVAILABLE,
}

log = logging.getLogger("portal.help")


@require_http_methods(["GET", "HEAD", "POST"])
@anyone
@without_token
async def question(request: Request) -> HttpResponseBase:
    """Take a question: show the form, what was filled in, or what is wrong with it; send it and show the receipt."""
    now = datetime.now(UTC)
    if request.method != "POST":
        return await _form(request, _begun(request), (), now)
    filled = question_form.read(request.POST)
    mark = await question_form.issued(request.POST.get("formulier", ""), now)
    mistakes = question_form.mistakes(filled)
    if mistakes or mark is None or request.POST.get("stap") == "wijzigen":
        return await _form(request, filled, mistakes if request.POST.get("stap") != "wijzigen" else (), now, mark)
    if request.POST.get("stap") != "versturen":
        return _page(request, "question_check.html", filled, mark=request.POST["formulier"])
    return await _send(request, filled, mark, now)


@require_safe
@anyone
async def received(request: Request, question_id: UUID) -> HttpResponseBase:
    """Show the receipt: the reference, when, whether it has to wait, and what happens next."""
    taken = await contact_centre.taken(question_id)
    if taken is None:
        raise not_theirs(request, "question")
    context = {"reference": contact_centre.reference(question_id), "taken": taken, **_always()}
    return render(request, "home/question_received.html", context)


async def _send(request: Request, filled: Filled, mark: Mark, now: datetime) -> HttpResponseBase:
    posted = request.POST["formulier"]
    if now - mark.issued_at < question_form.FASTEST:
        return _page(request, "question_check.html", filled, mark=posted, trouble="fast")
    address = request.META.get("REMOTE_ADDR", "")
    try:
        await contact_centre.ask(mark.question_id, question_form.question_of(filled), address)
    except TooManyFromNetwork:
        log.warning("question refused: many from one network %s", request.correlation_id)
        return _page(request, "question_check.html", filled, mark=posted, trouble="many")
    except TooManyQuestions:
        log.error("question refused: many from everywhere %s", request.correlation_id)
        return _page(request, "question_check.html", filled, mark=posted, trouble="busy")
    except (DatabaseBusy, DatabaseClosed) as error:
        log.error("question not taken: %s %s", type(error).__name__, request.correlation_id)
        return _page(request, "question_check.html", filled, mark=posted, trouble="down")
    return SeeOther(reverse("home:question_received", kwargs={"question_id": mark.question_id}))


async def _form(
    request: Request, filled: Filled, mistakes: Sequence[Mistake], now: datetime, mark: Mark | None = None
) -> HttpResponseBase:
    is_posted = request.method == "POST"
    if is_posted and mark is None:
        # Nothing is lost: what was typed comes back in a form that is ours and new.
        words = _("Het formulier stond te lang open. Uw tekst staat er nog. Kijk hem na en ga verder.")
        mistakes = [*mistakes, Mistake("formulier", words)]
    written = request.POST["formulier"] if mark else await question_form.issue(uuid4(), now)
    return _page(request, "question.html", filled, mark=written, mistakes=mistakes)


def _begun(request: Request) -> Filled:
    """Begin with the topic of the answer that somebody comes from."""
    entry = help_entries.listed().entries.get(request.GET.get("over", ""))
    return Filled(topic=entry.topic.id if entry else "")


def _page(
    request: Request,
    template: str,
    filled: Filled,
    *,
    mark: str,
    mistakes: Sequence[Mistake] = (),
    trouble: str = "",
) -> HttpResponseBase:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if mistakes else STATUS.get(trouble, HTTPStatus.OK)
    wrong = {mistake.field: mistake.text for mistake in reversed(mistakes)}
    context = {
        "filled": filled,
        "mark": mark,
        "mistakes": mistakes,
        "wrong": wrong,
        "trouble": trouble,
        "topics": question_form.topics(current()),
        **_always(),
    }
    return render(request, f"home/{template}", context, status=status)


def _always() -> dict[str, Any]:
    return {
        "contact": {"phone": settings.CONTACT_PHONE, "email": settings.CONTACT_EMAIL},
        "crumbs": [{"title": HELP, "href": reverse("home:help")}, {"title": TITLE, "href": ""}],
    }
