"""The key that each form of a session carries, so that a form that is sent twice is acted on once.

Each form on a page has a key of its own (`ui/_form.html`). A request with the same key and the same content gets the
answer that the first one got; a form that was changed in between counts as another. Answers are stored with the
session, sealed with a key derived from its cookie (`once`).
"""

import hashlib
import hmac
import logging
import re
from http import HTTPStatus
from typing import Literal

import msgspec
import psycopg
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.urls import resolve

from portal.platform.keys.boxes import Box
from portal.platform.language.current import current
from portal.platform.ui.form_keys import new_form_key

from . import derivation
from .guards import FIELD, KEY, typed_fields
from .once import once
from .types import Request, Respond, Session

# Why a form was not processed: it has no key, the database or the queue of requests is full, or we failed.
Why = Literal["no_key", "busy", "failed"]

_SHAPE = re.compile(r"[A-Za-z0-9_-]{22}")

log = logging.getLogger("portal.access")


class FirstAnswer(msgspec.Struct, frozen=True):
    """The answer that the first of several equal forms got. nonce: of the content policy of its body."""

    status: int
    headers: list[tuple[str, str]]
    nonce: str
    body: bytes


async def answer_once(request: Request, session: Session, get_response: Respond) -> HttpResponseBase:
    """Have the view answer a form of the session, once; a repeat gets that answer.

    A form without a key is not acted on: the answer (409) shows what was typed, to be sent again.
    """
    key = request.POST.get(KEY, "")
    if not _SHAPE.fullmatch(key):
        # The page is of an older release, or was made by hand: we cannot know whether the form was processed before.
        return _keep_typed(request, new_form_key(), "no_key", HTTPStatus.CONFLICT)
    responses: list[HttpResponseBase] = []

    async def act() -> bytes | None:
        responses.append(await get_response(request))
        return _serialise(responses[0], request.csp_nonce)

    box = Box(derivation.derive(session.seal_key, derivation.SESSION_FORM_ANSWER))
    try:
        first = await once(_mark(request, session), box, act, session=session)
    except psycopg.errors.ForeignKeyViolation:
        # The session has just ended: the view says so and gives back what was typed.
        request.session = None
        return await get_response(request)
    if responses:
        return responses[0]
    if first is None:
        return render(request, "access/still_busy.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
    return _repeat(request, msgspec.msgpack.decode(first.answer, type=FirstAnswer))


def keep_for_later(request: Request, why: Why, status: HTTPStatus) -> HttpResponse | None:
    """Give back a form that could not be acted on now, with its own key; None when the request has no form key.

    For whoever refuses a request before or instead of its view: the budgets, and the handler of errors.
    """
    try:
        key = request.POST.get(KEY, "")
    except (SuspiciousOperation, MultiPartParserError):
        return None  # the body has not been read, and cannot be parsed
    return _keep_typed(request, key, why, status) if _SHAPE.fullmatch(key) else None


def _mark(request: Request, session: Session) -> bytes:
    """Make the mark of a form: 32 bytes from its key and all it holds, files too, with a key of this session."""
    content = hashlib.sha256()
    typed = [(name, value) for name, values in request.POST.lists() if name != FIELD for value in values]
    for text in (request.method or "", request.get_full_path(), *(part for pair in typed for part in pair)):
        encoded = text.encode("utf-8", "surrogatepass")
        content.update(len(encoded).to_bytes(8) + encoded)
    for name, files in request.FILES.lists():
        for file in files:
            content.update(b"file\0" + name.encode("utf-8", "surrogatepass") + (file.size or 0).to_bytes(8))
            for chunk in file.chunks():
                content.update(chunk)
            file.seek(0)
    return hmac.digest(derivation.derive(session.seal_key, derivation.SESSION_FORM_SENT), content.digest(), "sha256")


def _serialise(response: HttpResponseBase, nonce: str) -> bytes | None:
    """Serialise an answer; None when a second try may end better, or when the answer may not be stored."""
    is_passing = response.status_code >= 500 or response.status_code == HTTPStatus.TOO_MANY_REQUESTS
    if is_passing or response.streaming or response.cookies or not isinstance(response, HttpResponse):
        return None
    # A repeat of the form may come in another language.
    headers = [*response.headers.items(), ("Content-Language", current())]
    return msgspec.msgpack.encode(FirstAnswer(response.status_code, headers, nonce, response.content))


def _repeat(request: Request, answer: FirstAnswer) -> HttpResponse:
    log.info("a form that came twice was answered as before %s", request.correlation_id)
    request.csp_nonce = answer.nonce
    request.resolver_match = resolve(request.path_info)
    return HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))


def _keep_typed(request: Request, key: str, why: Why, status: HTTPStatus) -> HttpResponse:
    """Show what was typed in a form that can be sent again; this request did not process it."""
    context = {
        "typed": typed_fields(request),
        "has_files": bool(request.FILES),
        # The token as it was sent: while the database is away there is no session to take it from.
        "token": request.POST.get(FIELD, ""),
        "key": key,
        "why": why,
    }
    return render(request, "access/form_kept.html", context, status=status)
