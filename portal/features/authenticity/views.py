"""The page: a form for a file, and what is said of it. Programs send the file and read JSON, at the same address."""

import logging
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from portal.platform.access.guards import anyone, takes_programs, without_token
from portal.platform.access.machine_guard import json_answer, problem
from portal.platform.access.types import Request
from portal.platform.confined.errors import NotRun
from portal.platform.seals import checking, wording
from portal.platform.seals.configured import SealTrustError
from portal.platform.seals.types import Judgement

from . import waiting
from .types import Told
from .wording import NAMES, chosen, moment, texts

RETRY_SECONDS = 30
PDF = "application/pdf"
_JSON = "application/json"

log = logging.getLogger("portal.authenticity")


@require_http_methods(["GET", "HEAD", "POST"])
@anyone
@without_token
@takes_programs
async def check(request: Request) -> HttpResponseBase:
    """Show the form, or what is said of the document that was sent."""
    language = chosen(request.GET.get("taal", ""))
    is_program = _JSON in request.headers.get("Accept", "")
    if request.method != "POST":
        return _page(request, language, mistake="too_large" if "te-groot" in request.GET else "")
    document = _sent(request)
    if not document:
        return _mistaken(request, language, "missing", HTTPStatus.UNPROCESSABLE_ENTITY, is_program)
    if len(document) > checking.LARGEST:
        return _mistaken(request, language, "too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, is_program)
    try:
        async with waiting.turn(request.META.get("REMOTE_ADDR", "")):
            judgement = await checking.judged(document)
    except waiting.CheckBusy as busy:
        status = HTTPStatus.TOO_MANY_REQUESTS if busy.is_own else HTTPStatus.SERVICE_UNAVAILABLE
        which = "own" if busy.is_own else "busy"
        return _mistaken(request, language, which, status, is_program, place=busy.place)
    except (NotRun, SealTrustError) as error:
        log.error("no document can be checked: %s %s", error, request.correlation_id)
        return _mistaken(request, language, "away", HTTPStatus.SERVICE_UNAVAILABLE, is_program)
    # All that is counted, and all that is written down.
    log.info("a document was checked: %s %s", judgement.verdict, judgement.why or "")
    if is_program:
        return json_answer(_answer(judgement, language))
    return _page(request, language, judgement=judgement)


def _sent(request: Request) -> bytes:
    """Read the document: the whole body, or a file in a form; b"" for none."""
    if request.content_type == PDF:
        return bytes(request.read(checking.LARGEST + 1))
    file = request.FILES.get("bestand")
    return bytes(file.read()) if file else b""


def _mistaken(
    request: Request, language: str, which: str, status: HTTPStatus, is_program: bool, place: int = 0
) -> HttpResponseBase:
    if is_program:
        response = problem(status, f"check-{which.replace('_', '-')}", texts(language)[which].format(place=place))
    else:
        response = _page(request, language, mistake=which, place=place)
        response.status_code = status
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _page(
    request: Request, language: str, *, judgement: Judgement | None = None, mistake: str = "", place: int = 0
) -> HttpResponse:
    words = texts(language)
    context: dict[str, Any] = {
        "words": words,
        "language_here": language,
        "written_in": NAMES,
        "mistake": words[mistake].format(place=place) if mistake else "",
        "judgement": judgement,
        "crumbs": [{"title": words["title"], "href": ""}],
    }
    if judgement:
        context["verdict"] = wording.verdict(judgement, language)
        context["reason"] = wording.reason(judgement, language)
        context["when"] = moment(judgement.sealed_at, language) if judgement.sealed_at else ""
    return render(request, "authenticity/check.html", context)


def _answer(judgement: Judgement, language: str) -> Told:
    return Told(
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
