"""The views that bodies call to report dossiers (docs/dosis.md); `contract` checks what they send."""

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
from .contract import Acceptance, DossierQuery, PushRefused, ReportSettings, UploadQuery
from .types import ReportOutcome

_TWICE = "This UploadId came with other contents before. Use a new one."


def _with_refusals(view: ForMachine[[]]) -> ForMachine[[]]:
    """Answer what `contract` refuses in the contract's own form, a Refusal."""

    @wraps(view)
    async def answer(request: MachineRequest) -> HttpResponseBase:
        try:
            return await view(request)
        except PushRefused as error:
            return json_answer(error.refusal, HTTPStatus.BAD_REQUEST)

    return answer


@require_http_methods(["POST", "DELETE"])
@machine_client(scope=SCOPE)
@_with_refusals
async def reports(request: MachineRequest) -> HttpResponseBase:
    """Take in a report (POST), or delete what was reported of a dossier (DELETE)."""
    body, now = request.machine.client, datetime.now(UTC)
    if request.method == "DELETE":
        query = _dossier_query(request)
        await actions.remove(body, query.source, query.number)
        return HttpResponse(status=HTTPStatus.NO_CONTENT, content_type="application/json")
    push, at = contract.read(request.body, body=body, now=now)
    if await actions.take(body, push, at, now=now) is ReportOutcome.CONTRADICTS:
        return json_answer(PushRefused("conflict", "UploadId", _TWICE).refusal, HTTPStatus.CONFLICT)
    return json_answer(Acceptance(push.upload_id))


@require_GET
@machine_client(scope=SCOPE)
async def sources(request: MachineRequest) -> HttpResponseBase:
    """List the URIs by which a body may report."""
    return json_answer(section.uris_of(request.machine.client))


@require_GET
@machine_client(scope=SCOPE)
async def settings(request: MachineRequest) -> HttpResponseBase:
    """Give the codes and limits by which a report is checked."""
    phases, codes = tuple(phase.value for phase in wording.Phase), tuple(wording.STATUSES)
    return json_answer(ReportSettings(phases, codes, ("DossierStatus",), (contract.READER,), contract.MOST_AGENTS))


@require_GET
@machine_client(scope=SCOPE)
@_with_refusals
async def results(request: MachineRequest) -> HttpResponseBase:
    """Give what became of the body's uploads of a dossier."""
    query = _dossier_query(request)
    return json_answer(await queries.results_of(request.machine.client, query.source, query.number))


@require_GET
@machine_client(scope=SCOPE)
@_with_refusals
async def faults(request: MachineRequest) -> HttpResponseBase:
    """List the uploads of a dossier that failed after they were accepted: none, for each is checked at once."""
    _dossier_query(request)
    return json_answer([])


@require_GET
@machine_client(scope=SCOPE)
@_with_refusals
async def result(request: MachineRequest) -> HttpResponseBase:
    """Give what became of one upload."""
    query = contract.query_of(request.GET.dict(), UploadQuery)
    upload_result = await queries.result_of(request.machine.client, query.upload_id)
    if upload_result is None:
        note_refused(request, "upload, for a body")
        return problem(HTTPStatus.NOT_FOUND, "resourceNotFound", "You sent no upload by that name.")
    return json_answer(upload_result)


def _dossier_query(request: MachineRequest) -> DossierQuery:
    query = contract.query_of(request.GET.dict(), DossierQuery)
    contract.check_source(query.source, request.machine.client, "bron")
    contract.check_plain(query.number, "dossierNummer")
    return query
