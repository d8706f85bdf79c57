"""What bodies call to report dossiers (docs/dosis.md): thin, for what is checked stands in `contract`."""

from datetime import UTC, datetime
from functools import wraps
from http import HTTPStatus

from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET, require_http_methods

from portal.platform.access.machine_guard import json_answer, machine_client, problem
from portal.platform.access.refusals import note_refused
from portal.platform.access.types import ForMachine, MachineRequest

from .. import section, wording
from ..section import SCOPE
from . import actions, contract, queries
from .contract import Accepted, PushRefused, Settings, Which, Whose
from .types import ReportOutcome

_TWICE = "This UploadId came with other contents before. Use a new one."


def _refusing(view: ForMachine[[]]) -> ForMachine[[]]:
    """Answer what is not as the contract says in its own shape."""

    @wraps(view)
    async def answered(request: MachineRequest) -> HttpResponseBase:
        try:
            return await view(request)
        except PushRefused as error:
            return json_answer(error.refusal, HTTPStatus.BAD_REQUEST)

    return answered


@require_http_methods(["POST", "DELETE"])
@machine_client(scope=SCOPE)
@_refusing
async def reports(request: MachineRequest) -> HttpResponseBase:
    """Take in a report, or take away what was reported of a dossier."""
    body, now = request.machine.client, datetime.now(UTC)
    if request.method == "DELETE":
        whose = _whose(request)
        await actions.remove(body, whose.source, whose.number)
        return HttpResponse(status=HTTPStatus.NO_CONTENT, content_type="application/json")
    push, at = contract.read(request.body, body=body, now=now)
    if await actions.take(body, push, at, now=now) is ReportOutcome.CONTRADICTS:
        return json_answer(PushRefused("conflict", "UploadId", _TWICE).refusal, HTTPStatus.CONFLICT)
    return json_answer(Accepted(push.upload_id))


@require_GET
@machine_client(scope=SCOPE)
async def sources(request: MachineRequest) -> HttpResponseBase:
    """List the URIs by which a body may report."""
    return json_answer(section.uris_of(request.machine.client))


@require_GET
@machine_client(scope=SCOPE)
async def settings(request: MachineRequest) -> HttpResponseBase:
    """Say by what a report is checked."""
    phases, codes = tuple(phase.value for phase in wording.Phase), tuple(wording.STATUSES)
    return json_answer(Settings(phases, codes, ("DossierStatus",), (contract.READER,), contract.MOST_AGENTS))


@require_GET
@machine_client(scope=SCOPE)
@_refusing
async def results(request: MachineRequest) -> HttpResponseBase:
    """Say what became of a body's uploads of a dossier."""
    whose = _whose(request)
    return json_answer(await queries.results_of(request.machine.client, whose.source, whose.number))


@require_GET
@machine_client(scope=SCOPE)
@_refusing
async def faults(request: MachineRequest) -> HttpResponseBase:
    """Say which uploads of a dossier failed once they were taken: none can."""
    _whose(request)
    return json_answer([])


@require_GET
@machine_client(scope=SCOPE)
@_refusing
async def result(request: MachineRequest) -> HttpResponseBase:
    """Say what became of one upload."""
    which = contract.query_of(request.GET.dict(), Which)
    found = await queries.result_of(request.machine.client, which.upload_id)
    if found is None:
        note_refused(request, "upload, for a body")
        return problem(HTTPStatus.NOT_FOUND, "resourceNotFound", "You sent no upload by that name.")
    return json_answer(found)


def _whose(request: MachineRequest) -> Whose:
    whose = contract.query_of(request.GET.dict(), Whose)
    contract.check_source(whose.source, request.machine.client, "bron")
    contract.check_plain(whose.number, "dossierNummer")
    return whose
