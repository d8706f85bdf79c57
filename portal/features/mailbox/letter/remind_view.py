"""The page on which a citizen sets a reminder of a document, and the list of all their reminders."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods

from portal.platform.access import carried
from portal.platform.access.guards import SeeOther, keeps_typed, signed_in
from portal.platform.access.types import Session, SignedInRequest
from portal.platform.kit.unprinted import Unprinted
from portal.platform.language.dates import day_here
from portal.platform.sources.reading.outcomes import Nothing, Partial, Ready, name_of

from .. import framing
from ..link.guarding import needs_link
from ..registry import locating, looking, reference, wording
from ..registry.locating import MessagePlace
from ..reminders import days, storage
from ..reminders.storage import KeepResult, Reminder
from ..types import EboxMessage, EboxProvider
from . import message_view
from .remind_form import DAY, RemindForm

REMIND = _("Vertel mij opnieuw")
REMINDERS = _("Uw herinneringen")
KEPT, GONE = "bewaard", "weg"  # values of `framing.DONE`
SEALED = b"a reminder of the mailbox"
FORM = b"the form of a reminder of the mailbox"
WHOSE = "van"  # field of the form: its document, sealed for its citizen
REMINDER = "herinnering"  # field of a form: the reminder that is to be removed, sealed
PAGE = require_http_methods(["GET", "HEAD", "POST"])


class ReminderPlace(Unprinted, frozen=True):
    """The mark of a reminder, sealed in forms."""

    mark: bytes


@PAGE
@signed_in
@needs_link
@keeps_typed
async def remind(request: SignedInRequest, token: str) -> HttpResponseBase:
    """Propose days for a reminder of a document, and store one on POST.

    A day that was typed before the session ended is shown again, to whom it is of, and not kept. So is one that was
    typed while the provider could not be asked for the document.
    """
    place = await _document(request, token)
    if place is None:
        return message_view.not_here(request)
    if request.is_from_before:
        # Its address is of the session that ended.
        token = locating.token_of(request.session, place.provider, place.id)
    provider = await looking.provider(request, place.provider)
    outcome = await looking.message(request, place.provider, place.id)
    context: dict[str, Any] = {"own_page": reverse("mailbox:remind", kwargs={"token": token}), "sealed": token}
    context |= {"outcome": name_of(outcome), "whose": await carried.seal_for_citizen(request.session, FORM, place)}
    typed, today = {DAY: request.POST.get(DAY, "")}, day_here(request.occasion.now)
    if not isinstance(outcome, Ready | Partial):
        name = wording.name_of_provider(provider) if isinstance(provider, EboxProvider) else (place.provider, "")
        context |= {"provider": name, "message": None, "was_sent": request.method == "POST"}
        context |= {"form": RemindForm(initial=typed, today=today, expires_at=None), "span": days.span(today, None)}
        answer = _page(request, "remind", REMIND, context)
        if request.method == "POST":
            answer.status_code = (
                HTTPStatus.NOT_FOUND if isinstance(outcome, Nothing) else HTTPStatus.SERVICE_UNAVAILABLE
            )
        return answer
    found = outcome.value
    is_sent = request.method == "POST" and not request.is_from_before
    form = RemindForm(request.POST if is_sent else None, initial=typed, today=today, expires_at=found.expires_at)
    if form.is_bound and form.is_valid():
        result = await storage.keep(request.occasion, found, form.on)
        if result is KeepResult.KEPT:
            return SeeOther(f"{context['own_page']}?{framing.DONE}={KEPT}")
        form.add_error(None, gettext_lazy("U hebt te veel herinneringen. Neem er eerst een weg."))
    context |= await _standing(request, found)
    context |= {"form": form, "message": found}
    context |= {"proposed": days.propose(today, found.expires_at, found.due_on)}
    context |= {"span": days.span(today, found.expires_at)}
    return _page(request, "remind", REMIND, context, has_errors=form.is_bound)


async def _document(request: SignedInRequest, token: str) -> MessagePlace | None:
    """Read which document is meant: by its address or, where that is of a session that ended, by the form."""
    if request.is_from_before:
        whose = request.POST.get(WHOSE, "")
        return await carried.unseal_for_citizen(MessagePlace, request.session, FORM, whose)
    return locating.locate(request.session, token)


async def _standing(request: SignedInRequest, found: EboxMessage) -> dict[str, Any]:
    """Give the context for the sender of a document and its current reminder."""
    citizen_id = request.session.citizen_id
    due_at = await storage.due_at(citizen_id, found.key)
    return {
        "sender": wording.name_of_sender(found.provider, found.sender),
        "due_at": due_at,
        "place": _place(request.session, await storage.mark_of(citizen_id, found.key)) if due_at else "",
        "done": KEPT if due_at and request.GET.get(framing.DONE) == KEPT else "",
    }


@PAGE
@signed_in
@needs_link
async def reminders(request: SignedInRequest) -> HttpResponseBase:
    """List the reminders that are due and those sent lately; a POST removes one."""
    if request.method == "POST":
        found = carried.unseal(ReminderPlace, request.session, SEALED, request.POST.get(REMINDER, ""))
        if found is None:
            return message_view.not_here(request)
        await storage.remove(request.occasion, found.mark)
        return SeeOther(f"{reverse('mailbox:reminders')}?{framing.DONE}={GONE}")
    every = await storage.look(request.occasion)
    for provider_id in {one.document.provider for one in every if one.document}:
        provider = await looking.provider(request, provider_id)
        if isinstance(provider, EboxProvider):
            reference.begin_reading(provider)
    lines = [_line(request.session, one) for one in every]
    context = {
        "open": [line for line in lines if line["told_at"] is None],
        "told": [line for line in lines if line["told_at"] is not None],
        "done": request.GET.get(framing.DONE) == GONE,
    }
    return _page(request, "reminders", REMINDERS, context)


def _line(session: Session, reminder: Reminder) -> Mapping[str, Any]:
    document = reminder.document
    token = locating.token_of(session, document.provider, document.id) if document else ""
    return {
        "sender": wording.name_of_sender(document.provider, document.sender) if document else ("", ""),
        "received_at": document.received_at if document else None,
        "address": framing.page_of(token),
        "due_at": reminder.due_at,
        "told_at": reminder.told_at,
        "place": _place(session, reminder.mark),
    }


def _place(session: Session, mark: bytes) -> str:
    return carried.seal(session, SEALED, ReminderPlace(mark))


def _page(
    request: SignedInRequest, template: str, title: str, context: Mapping[str, Any], *, has_errors: bool = False
) -> HttpResponse:
    values = {"crumbs": framing.crumbs((title, "")), "day_field": DAY, **context}
    return framing.page(request, template, title, values, has_errors=has_errors)
