"""The page: a form for a file, and what is said of it. Programs send the file and read JSON, at the same address.

Who has to wait reads how many are before them, as it changes, also without JavaScript: the page comes in pieces.
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
from .types import SpokenJudgement
from .wording import NAMES, choose_language, moment, texts

RETRY_SECONDS = 30
LOOK_SECONDS = 1.0  # between two looks at the place of who waits
PDF = "application/pdf"
_JSON = "application/json"
# Where in a page what is said comes, for one that comes in pieces.
_HERE = "<!-- uitslag -->"

log = logging.getLogger("portal.authenticity")


class _Said(NamedTuple):
    """What is said of a document, or what stands in the way: which text, with which status, how many were before."""

    judgement: Judgement | None = None
    mistake: str = ""
    status: HTTPStatus = HTTPStatus.OK
    place: int = 0


@require_http_methods(["GET", "HEAD", "POST"])
@anyone
@without_token
@takes_programs
async def check(request: Request) -> HttpResponseBase:
    """Show the form, or what is said of the document that was sent."""
    language = choose_language(request.GET.get("taal", ""))
    if request.method != "POST":
        return _page(request, language, _Said(mistake="too_large" if "te-groot" in request.GET else ""))
    document, is_program = (
        _document_of(request),
        _JSON in request.headers.get("Accept", "") or request.content_type == PDF,
    )
    ticket = waiting.Ticket.of(request.META.get("REMOTE_ADDR", ""))
    if not document:
        said = _Said(mistake="missing", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    elif len(document) > checking.LARGEST:
        said = _Said(mistake="too_large", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    elif not is_program and waiting.place(ticket) and not waiting.refuses(ticket):
        return streaming.answer(_pieces(request, language, document, ticket))
    else:
        said = await _judge(request, document, ticket)
    return _as_json(language, said) if is_program else _page(request, language, said)


def _document_of(request: Request) -> bytes:
    """Read the document: the whole body, or a file in a form; b"" for none."""
    if request.content_type == PDF:
        return bytes(request.read(checking.LARGEST + 1))
    file = request.FILES.get("bestand")
    return bytes(file.read()) if file else b""


async def _judge(request: Request, document: bytes, ticket: waiting.Ticket) -> _Said:
    try:
        async with waiting.turn(ticket):
            judgement = await checking.judge(document)
    except waiting.CheckBusy as busy:
        if busy.is_own:
            return _Said(mistake="own", status=HTTPStatus.TOO_MANY_REQUESTS)
        return _Said(mistake="busy", status=HTTPStatus.SERVICE_UNAVAILABLE, place=busy.place)
    except (NotRun, SealTrustError) as error:
        log.error("no document can be checked: %s %s", error, request.correlation_id)
        return _Said(mistake="away", status=HTTPStatus.SERVICE_UNAVAILABLE)
    # All that is counted, and all that is written down.
    log.info("a document was checked: %s %s", judgement.verdict, judgement.why or "")
    return _Said(judgement)


async def _pieces(request: Request, language: str, document: bytes, ticket: waiting.Ticket) -> AsyncIterator[bytes]:
    """Send the page around a place in the line, the place whenever it changes, and at last what is said."""
    before, _, after = _write(request, language, _Said(), is_waiting=True).partition(_HERE)
    yield before.encode()
    judging = asyncio.create_task(_judge(request, document, ticket))
    try:
        # It takes its place before anybody is told of one.
        await asyncio.sleep(0)
        shown, place = -1, waiting.place(ticket)
        while not judging.done():
            if place != shown:
                yield render_to_string(
                    "authenticity/_place.html", {"words": texts(language), "place": place}
                ).encode()
            shown, _ = place, await asyncio.wait({judging}, timeout=LOOK_SECONDS)
            place = waiting.place(ticket)
        said = await judging
    finally:
        # Whoever left waits no longer, and their document is not checked.
        judging.cancel()
        await asyncio.wait({judging})
    yield render_to_string("authenticity/_outcome.html", _context(language, said), request).encode()
    yield after.encode()


def _as_json(language: str, said: _Said) -> HttpResponseBase:
    if said.judgement:
        return json_answer(_answer(said.judgement, language))
    detail = texts(language)[said.mistake].format(place=said.place)
    response = problem(said.status, f"check-{said.mistake.replace('_', '-')}", detail)
    return _with_patience(response, said.status)


def _page(request: Request, language: str, said: _Said) -> HttpResponse:
    return _with_patience(HttpResponse(_write(request, language, said), status=said.status), said.status)


def _with_patience(response: HttpResponse, status: HTTPStatus) -> HttpResponse:
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _write(request: Request, language: str, said: _Said, *, is_waiting: bool = False) -> str:
    context = {**_context(language, said), "is_waiting": is_waiting, "written_in": NAMES}
    return str(render_to_string("authenticity/check.html", context, request))


def _context(language: str, said: _Said) -> dict[str, Any]:
    words, judgement = texts(language), said.judgement
    context: dict[str, Any] = {
        "words": words,
        "language_here": language,
        "mistake": words[said.mistake].format(place=said.place) if said.mistake else "",
        "judgement": judgement,
        "crumbs": [{"title": words["title"], "href": ""}],
    }
    if judgement:
        context["verdict"] = wording.verdict(judgement, language)
        context["reason"] = wording.reason(judgement, language)
        context["when"] = moment(judgement.sealed_at, language) if judgement.sealed_at else ""
    return context


def _answer(judgement: Judgement, language: str) -> SpokenJudgement:
    return SpokenJudgement(
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
