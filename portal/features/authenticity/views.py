"""The check page: a form for a file, and its judgement. Programs send the file to the same address and get JSON.

People who have to wait see how many documents are before theirs, also without JavaScript: the page is streamed.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any, NamedTuple

from django.http import HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods

from portal.platform.access.guards import anyone, takes_programs, without_token
from portal.platform.access.machine_guard import json_answer, problem
from portal.platform.access.types import Request
from portal.platform.confined.errors import NotRun
from portal.platform.seals import checking, wording
from portal.platform.seals.configured import SealTrustError
from portal.platform.seals.types import Judgement
from portal.platform.ui import streaming

from . import waiting
from .types import JudgementAnswer
from .wording import NAMES, choose_language, moment, texts

RETRY_SECONDS = 30
LOOK_SECONDS = 1.0  # between two looks at the place in the line of a document that waits
PDF = "application/pdf"
_JSON = "application/json"
_OUTCOME_HERE = "<!-- uitslag -->"  # where a streamed page has the outcome; `check.html` writes it

log = logging.getLogger("portal.authenticity")


class _CheckOutcome(NamedTuple):
    """The judgement of a document, or why there is none.

    mistake: the key of a text in `words.toml`, "" for none. place: how many documents were before this one.
    """

    judgement: Judgement | None = None
    mistake: str = ""
    status: HTTPStatus = HTTPStatus.OK
    place: int = 0


@require_http_methods(["GET", "HEAD", "POST"])
@anyone
@without_token
@takes_programs
async def check(request: Request) -> HttpResponseBase:
    """Show the form, or judge the document that was sent."""
    language = choose_language(request.GET.get("taal", ""))
    if request.method != "POST":
        return _page(request, language, _CheckOutcome(mistake="too_large" if "te-groot" in request.GET else ""))
    document, is_program = (
        _document_of(request),
        _JSON in request.headers.get("Accept", "") or request.content_type == PDF,
    )
    ticket = waiting.Ticket.of(request.META.get("REMOTE_ADDR", ""))
    if not document:
        outcome = _CheckOutcome(mistake="missing", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    elif len(document) > checking.LARGEST:
        outcome = _CheckOutcome(mistake="too_large", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    elif not is_program and waiting.place(ticket) and not waiting.refuses(ticket):
        return streaming.answer(_pieces(request, language, document, ticket))
    else:
        outcome = await _judge(request, document, ticket)
    return _as_json(language, outcome) if is_program else _page(request, language, outcome)


def _document_of(request: Request) -> bytes:
    """Read the document, which is the whole body or a file in a form; b"" for none."""
    if request.content_type == PDF:
        return bytes(request.read(checking.LARGEST + 1))
    file = request.FILES.get("bestand")
    return bytes(file.read()) if file else b""


async def _judge(request: Request, document: bytes, ticket: waiting.Ticket) -> _CheckOutcome:
    try:
        async with waiting.turn(ticket):
            judgement = await checking.judge(document)
    except waiting.CheckBusy as busy:
        if busy.is_own:
            return _CheckOutcome(mistake="own", status=HTTPStatus.TOO_MANY_REQUESTS)
        return _CheckOutcome(mistake="busy", status=HTTPStatus.SERVICE_UNAVAILABLE, place=busy.place)
    except (NotRun, SealTrustError) as error:
        log.error("no document can be checked: %s %s", error, request.correlation_id)
        return _CheckOutcome(mistake="away", status=HTTPStatus.SERVICE_UNAVAILABLE)
    # The log is the only place where a check leaves a trace: its verdict and reason.
    log.info("a document was checked: %s %s", judgement.verdict, judgement.why or "")
    return _CheckOutcome(judgement)


async def _pieces(request: Request, language: str, document: bytes, ticket: waiting.Ticket) -> AsyncIterator[bytes]:
    """Stream the page: its beginning, the place in the line whenever that changes, the outcome, and its end."""
    before, _, after = _write(request, language, _CheckOutcome(), is_waiting=True).partition(_OUTCOME_HERE)
    yield before.encode()
    judging = asyncio.create_task(_judge(request, document, ticket))
    try:
        # Let the task run to where it takes its place, before that place is shown.
        await asyncio.sleep(0)
        shown, place = -1, waiting.place(ticket)
        while not judging.done():
            if place != shown:
                yield render_to_string(
                    "authenticity/_place.html", {"words": texts(language), "place": place}
                ).encode()
            shown, _ = place, await asyncio.wait({judging}, timeout=LOOK_SECONDS)
            place = waiting.place(ticket)
        outcome = await judging
    finally:
        # When the visitor left, their document leaves the line unchecked.
        judging.cancel()
        await asyncio.wait({judging})
    yield render_to_string("authenticity/_outcome.html", _context(language, outcome), request).encode()
    yield after.encode()


def _as_json(language: str, outcome: _CheckOutcome) -> HttpResponseBase:
    if outcome.judgement:
        return json_answer(_answer(outcome.judgement, language))
    detail = texts(language)[outcome.mistake].format(place=outcome.place)
    response = problem(outcome.status, f"check-{outcome.mistake.replace('_', '-')}", detail)
    return _with_retry_after(response, outcome.status)


def _page(request: Request, language: str, outcome: _CheckOutcome) -> HttpResponse:
    return _with_retry_after(HttpResponse(_write(request, language, outcome), status=outcome.status), outcome.status)


def _with_retry_after(response: HttpResponse, status: HTTPStatus) -> HttpResponse:
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _write(request: Request, language: str, outcome: _CheckOutcome, *, is_waiting: bool = False) -> str:
    context = {**_context(language, outcome), "is_waiting": is_waiting, "written_in": NAMES}
    return str(render_to_string("authenticity/check.html", context, request))


def _context(language: str, outcome: _CheckOutcome) -> dict[str, Any]:
    words, judgement = texts(language), outcome.judgement
    context: dict[str, Any] = {
        "words": words,
        "language_here": language,
        "mistake": words[outcome.mistake].format(place=outcome.place) if outcome.mistake else "",
        "judgement": judgement,
        "crumbs": [{"title": words["title"], "href": ""}],
    }
    if judgement:
        context["verdict"] = wording.verdict(judgement, language)
        context["reason"] = wording.reason(judgement, language)
        context["when"] = moment(judgement.sealed_at, language) if judgement.sealed_at else ""
    return context


def _answer(judgement: Judgement, language: str) -> JudgementAnswer:
    return JudgementAnswer(
        verdict=judgement.verdict,
        words=wording.verdict(judgement, language),
        reason=wording.reason(judgement, language),
        why=judgement.why,
        language=language,
        sealed_by=judgement.sealed_by or None,
        organisation=judgement.organisation or None,
        authority=judgement.authority or None,
        sealed_at=judgement.sealed_at,
        is_time_proven=judgement.is_time_proven,
        level=judgement.level or None,
        trusted=judgement.trusted,
        covers_whole=judgement.covers_whole,
        changes=judgement.changes,
    )
