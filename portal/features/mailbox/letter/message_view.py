"""The page of one message: first its summary, then its letter and its request for payment.

The page says that a mail is registered before it asks for its content: the provider counts the mail as opened once
its main content is asked for.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods
from markupsafe import Markup

from portal.platform.access import refusals
from portal.platform.access.guards import repeatable, signed_in, streams
from portal.platform.access.types import SignedInRequest
from portal.platform.language.dates import day_here
from portal.platform.sources.reading.outcomes import Down, Nothing, Outcome, Partial, Ready, missing_of, name_of
from portal.platform.ui import streaming

from .. import framing
from ..arranged import doing, folders, marks
from ..copies import reading as copies
from ..link.guarding import needs_link
from ..payments import due_days, paid
from ..registry import hiding, locating, looking, wording
from ..registry.locating import MessagePlace
from ..reminders import storage
from ..types import EboxMessage, EboxProvider, PaymentData, key_of
from . import cleaning, sheets

TITLE = _("Document in uw eBox")
LANGUAGE = "taal"
OPENED = "geopend"  # says in addresses of files of a registered mail that its button was pressed
NOT_KEPT = "kopie"  # says in the address why no copy was kept a moment ago (`archive.keep_view`)
SHEETS = (*framing.SHEETS, "mailbox/message.css")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@needs_link
@repeatable  # The form opens a registered mail, which opens once, however often the form is sent.
@streams
async def message(request: SignedInRequest, token: str) -> HttpResponseBase:
    """Show one message; the form of a registered mail opens it."""
    place = locating.locate(request.session, token)
    if place is None:
        return not_here(request)
    return streaming.answer(_stream(request, place, token))


def not_here(request: SignedInRequest) -> HttpResponseBase:
    """Say that an address leads to no message in this session."""
    refusals.note_refused(request, "message")
    context = {"title": TITLE, "crumbs": framing.crumbs((TITLE, "")), "has_errors": False}
    return render(request, "mailbox/not_here.html", context, status=404)


async def _stream(request: SignedInRequest, place: MessagePlace, token: str) -> AsyncIterator[bytes]:
    """Send the head at once, the frame once the message is known, and its letter last."""
    yield streaming.head(request, TITLE, SHEETS)
    await streaming.let_heads_go_first(request.correlation_id)
    wanted = request.GET.get(LANGUAGE, "")
    provider = await looking.provider(request, place.provider)
    outcome, remind_at = await asyncio.gather(
        looking.message(request, place.provider, place.id),
        storage.due_at(request.session.citizen_id, key_of(place.provider, place.id)),
    )
    context: dict[str, Any] = {
        "title": TITLE,
        "groups": (),
        "depth": "all",
        "crumbs": framing.crumbs((TITLE, "")),
        "session": request.session,
        "request": request,
        "sealed": token,
        "own_page": framing.page_of(token),
        "provider": _name(provider, place),
        "outcome": name_of(outcome),
        "down": outcome if isinstance(outcome, Down) else None,
        "at": outcome.asked_at or request.occasion.now,
        "done": hiding.receipt(request),
        "remind_at": remind_at,
        "archive": None,
        "not_kept": request.GET.get(NOT_KEPT, ""),
    }
    if not isinstance(outcome, Ready | Partial):
        if isinstance(outcome, Nothing):
            key = key_of(place.provider, place.id)
            await marks.end(request.session.citizen_id, [key], request.occasion.now)
        yield get_template("mailbox/message_not.html").render(context, request).encode()
        yield get_template("mailbox/message_end.html").render(context).encode()
        return
    found = outcome.value
    is_closed = found.is_unopened and request.method != "POST"
    context |= {
        "sheet": sheets.sheet_of(found, wanted, request.occasion.now),
        "is_closed": is_closed,
        "opened": f"{OPENED}=1" if found.is_unopened else "",
        "lacks": bool(missing_of(outcome)),
        "can_hide": hiding.is_possible(found, request.occasion.now),
        **await _arrangement(request, found),
    }
    yield get_template("mailbox/message_open.html").render(context, request).encode()
    await asyncio.sleep(0)
    if not is_closed:
        context |= await _contents(request, found, wanted)
    yield get_template("mailbox/message_close.html").render(context).encode()


def _name(provider: EboxProvider | Down, place: MessagePlace) -> tuple[str, str]:
    """Name the provider of a message; by its id where the list of providers is not available or lacks it."""
    return wording.name_of_provider(provider) if isinstance(provider, EboxProvider) else (place.provider, "")


async def _contents(request: SignedInRequest, found: EboxMessage, wanted: str) -> dict[str, Any]:
    """Ask for the letter, and the request for payment, of a message that somebody opens."""
    body, payment, marked, archive = await asyncio.gather(
        looking.body(request, found.provider, found.id),
        _payment(request, found),
        _payment_day(request, found),
        copies.state_of(request.session.citizen_id, found.key),
    )
    context: dict[str, Any] = {
        "letter": None,
        "letter_outcome": name_of(body),
        "letter_lacks": bool(missing_of(body)),
        "payment": None,
        "payment_outcome": name_of(payment),
        "paid_since": marked,
        "archive": archive,
    }
    if isinstance(body, Ready | Partial):
        text, language = sheets.in_language(body.value.texts, wanted)
        letter = await cleaning.clean(text, request.session.citizen_id)
        context |= {
            "letter": letter,
            "letter_markup": Markup(letter.markup),  # noqa: S704 - written by letter_markup
            "letter_language": language,
            "others": sheets.others(body.value.texts, language),
        }
    if isinstance(payment, Ready | Partial):
        sender = wording.name_of_sender(found.provider, found.sender)
        today = day_here(request.occasion.now)
        row = sheets.payment_of(payment.value, sender, wanted, today, is_whole=not missing_of(payment))
        due = due_days.days_of([found], today)
        context |= {"payment": row, "calendar": due_days.address_of(request.session, () if marked else due)}
    return context


async def _arrangement(request: SignedInRequest, found: EboxMessage) -> dict[str, Any]:
    """Give the star and folder of a message, and the folders that it can be moved to."""
    citizen_id = request.session.citizen_id
    kept = await folders.of(citizen_id)
    document = (await marks.of_shown(citizen_id, [found])).get(found.key)
    return {
        **doing.receipt_of(request, kept),
        "is_starred": document is not None and document.is_starred,
        "folders": [(one.id, folders.title(one)) for one in kept],
        "folder": document.folder if document else None,
        "place": locating.token_of_message(request.session, found),
    }


async def _payment(request: SignedInRequest, found: EboxMessage) -> Outcome[PaymentData]:
    if not found.has_payment:
        return Nothing(request.occasion.now)
    return await looking.payment(request, found.provider, found.id)


async def _payment_day(request: SignedInRequest, found: EboxMessage) -> datetime | None:
    """Tell when the citizen marked it as paid; None where they did not."""
    keys = [found.key] if found.has_payment else []
    return (await paid.since_when(request.session.citizen_id, keys)).get(found.key)
