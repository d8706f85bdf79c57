"""The operator's pages, for people and for monitoring: sources, processes, journal, retention, and use of pages."""

import base64
import hmac
from contextlib import suppress
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
from portal.platform.language.dates import day_here
from portal.platform.sources import processes
from portal.platform.sweeping import counting
from portal.platform.sweeping.counting import SweepReport
from portal.platform.tallies import queries as tallies

SILENT = timedelta(minutes=2)  # without a look of a worker at the journal, which comes every ten seconds
DAYS = 30  # before today, of which the use of pages is drawn
UNSWEPT = timedelta(minutes=10)  # without a sweep, which a worker does every minute
UNCOUNTED = timedelta(days=2)  # without a count of what is past its term, which a worker does each night


def operators_only(view: View) -> View:
    """Let in requests with the operator's key, as Bearer token or as password of Basic; 404 where no key is set."""

    @seen_by(Audience.OPERATOR)
    @wraps(view)
    async def guard(request: Request, *arguments: Any, **named: Any) -> HttpResponseBase:
        if not settings.OPERATOR_KEY:
            raise Http404
        if not hmac.compare_digest(key_in(request.headers.get("Authorization", "")), settings.OPERATOR_KEY.encode()):
            headers = {"WWW-Authenticate": 'Basic realm="beheer", charset="UTF-8"'}
            return HttpResponse("Alleen voor beheerders.", status=HTTPStatus.UNAUTHORIZED, headers=headers)
        return await view(request, *arguments, **named)

    return guard


def key_in(authorization: str) -> bytes:
    """Read the key from an Authorization header; b"" where there is none."""
    scheme, _, value = authorization.partition(" ")
    with suppress(ValueError):
        if scheme.lower() == "bearer":
            # Headers are given as Latin-1, whatever was sent. Its spaces are more than those of a header.
            return value.encode("latin-1").strip()
        if scheme.lower() == "basic":
            return base64.b64decode(value, validate=True).partition(b":")[2]
    return b""


@require_safe
@operators_only
async def sources(request: Request) -> HttpResponse:
    """List every source as all processes together see it; `Accept: application/json` gives a JSON list."""
    survey = await processes.survey()
    states = processes.merge(survey.processes)
    if request.headers.get("Accept", "").startswith("application/json"):
        return json_answer(states)
    heard = sum(process.is_heard for process in survey.processes)
    context = {
        "states": states,
        "survey": survey,
        "heard": heard,
        "journal": await _journal_state(),
        "sweeping": await _sweeping_state(),
    }
    return render(request, "operator/sources.html", context)


@require_safe
@operators_only
async def portal_processes(request: Request) -> HttpResponse:
    """List the processes as JSON, with what each sees, for monitoring: 503 unless all reported lately."""
    survey = await processes.survey()
    is_well = survey.is_whole and all(process.is_heard for process in survey.processes)
    status = HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE
    return json_answer(survey, status)


@require_safe
@operators_only
async def journal(request: Request) -> HttpResponse:
    """Tell as JSON, for monitoring, whether the journal is being sealed: 200 when it is, 503 when not."""
    state = await _journal_state()
    status = HTTPStatus.OK if state.condition == "sealed" else HTTPStatus.SERVICE_UNAVAILABLE
    return json_answer(state, status)


@require_safe
@operators_only
async def retention(request: Request) -> HttpResponse:
    """Tell as JSON, for monitoring, whether data is deleted after its term: 200 when it is, 503 when not."""
    condition, report = await _sweeping_state()
    answer = {"condition": condition, **(msgspec.structs.asdict(report) if report else {})}
    return json_answer(answer, HTTPStatus.OK if condition == "swept" else HTTPStatus.SERVICE_UNAVAILABLE)


@require_safe
@operators_only
async def use_of_pages(request: Request) -> HttpResponse:
    """Draw how often pages were opened in the month before today; `Accept: application/json` gives the days."""
    today = day_here(datetime.now(UTC))
    uses = await tallies.uses_before(today, DAYS)
    if request.headers.get("Accept", "").startswith("application/json"):
        return json_answer(uses)
    days = tallies.sum_by_day(uses, today, DAYS)
    context = {"sums": tallies.sum_pages(uses, today), "days": days, "most": max(count for _, count in days)}
    return render(request, "operator/use.html", context | {"least": tallies.LEAST})


async def _sweeping_state() -> tuple[str, SweepReport | None]:
    """Give the condition of sweeping, and its report.

    The conditions: swept, doubt (of the clock), silent (no worker sweeps), overdue, uncounted (nobody counted lately
    what is overdue), unknown.
    """
    try:
        report, age = await counting.report()
    except DatabaseBusy:
        return "unknown", None
    if report.trouble:
        return "doubt", report
    if age.looked is None or age.looked > UNSWEPT:
        return "silent", report
    if report.overdue:
        return "overdue", report
    if age.counted is not None and age.counted > UNCOUNTED:
        return "uncounted", report
    return "swept", report


class JournalState(msgspec.Struct, frozen=True):
    """The state of sealing. condition: sealed, stopped (see trouble), silent (no worker looked lately), unknown."""

    condition: str
    looked_at: datetime | None = None
    trouble: str | None = None


async def _journal_state() -> JournalState:
    try:
        sealing = await queries.sealing_state()
    except DatabaseBusy:
        return JournalState("unknown")
    if sealing.trouble:
        return JournalState("stopped", sealing.looked_at, sealing.trouble)
    if sealing.age is None or sealing.age > SILENT:
        return JournalState("silent", sealing.looked_at)
    return JournalState("sealed", sealing.looked_at)
