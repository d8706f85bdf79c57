"""The state of each source, of the portal's processes and of the journal, for people and for monitoring."""

import base64
import binascii
import hmac
from datetime import UTC, datetime, timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any

import msgspec
from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.platform.access.guards import seen_by
from portal.platform.access.machine_guard import json_answer
from portal.platform.access.types import Audience, Request, View
from portal.platform.database.pool import DatabaseBusy
from portal.platform.journal import queries
from portal.platform.sources import processes

SILENT = timedelta(minutes=2)  # a worker comes by every ten seconds


def operators_only(view: View) -> View:
    """Let in who has the operator's key, as a Bearer token or as the password of Basic; without a key set: nobody."""

    @seen_by(Audience.OPERATOR)
    @wraps(view)
    async def guarded(request: Request, *arguments: Any, **named: Any) -> HttpResponseBase:
        if not settings.OPERATOR_KEY:
            raise Http404
        if not hmac.compare_digest(
            given_key(request.headers.get("Authorization", "")), settings.OPERATOR_KEY.encode()
        ):
            headers = {"WWW-Authenticate": 'Basic realm="beheer", charset="UTF-8"'}
            return HttpResponse("Alleen voor beheerders.", status=HTTPStatus.UNAUTHORIZED, headers=headers)
        return await view(request, *arguments, **named)

    return guarded


def given_key(authorization: str) -> bytes:
    """Read the key from an Authorization header; empty when there is none."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip().encode()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).partition(b":")[2]
        except (binascii.Error, ValueError):
            return b""
    return b""


@require_safe
@operators_only
async def sources(request: Request) -> HttpResponse:
    """List every source as all processes see it together; `Accept: application/json` gives a JSON list."""
    survey = await processes.survey()
    states = processes.together(survey.processes)
    if request.headers.get("Accept", "").startswith("application/json"):
        return json_answer(states)
    heard = sum(process.is_heard for process in survey.processes)
    context = {"states": states, "survey": survey, "heard": heard, "journal": await _journal()}
    return render(request, "operator/sources.html", context)


@require_safe
@operators_only
async def portal_processes(request: Request) -> HttpResponse:
    """List the portal's processes as JSON, with what each sees: 200 when all are heard, else 503, for monitoring."""
    survey = await processes.survey()
    is_well = survey.is_whole and all(process.is_heard for process in survey.processes)
    status = HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE
    return json_answer(survey, status)


@require_safe
@operators_only
async def journal(request: Request) -> HttpResponse:
    """Tell as JSON whether the journal is sealed: 200 when it is, 503 when not, for monitoring."""
    state = await _journal()
    status = HTTPStatus.OK if state.condition == "sealed" else HTTPStatus.SERVICE_UNAVAILABLE
    return json_answer(state, status)


class Journal(msgspec.Struct, frozen=True):
    """How sealing goes. condition: sealed, stopped (trouble says why), silent (no worker has come by), unknown."""

    condition: str
    looked_at: datetime | None = None
    trouble: str | None = None


async def _journal() -> Journal:
    try:
        sealing = await queries.sealing()
    except DatabaseBusy:
        return Journal("unknown")
    if sealing.trouble:
        return Journal("stopped", sealing.looked_at, sealing.trouble)
    if sealing.looked_at is None or datetime.now(UTC) - sealing.looked_at > SILENT:
        return Journal("silent", sealing.looked_at)
    return Journal("sealed", sealing.looked_at)
