"""The operation by which the machine of a body sends the status of a report (docs/corrections.md)."""

from datetime import UTC, datetime
from http import HTTPStatus

import msgspec
from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_http_methods

from portal.platform.access import machine_json
from portal.platform.access.machine_guard import machine_client, problem
from portal.platform.access.refusals import note_refused
from portal.platform.access.types import MachineRequest
from portal.platform.kit import typed_text

from . import actions, rules
from .operations import StatusPush
from .section import SCOPE
from .types import PushOutcome, StatusCode, StatusUpdate

LARGEST = 16 * 1024  # bytes

_decoder = msgspec.json.Decoder(StatusPush)

_REFUSALS = {
    PushOutcome.UNKNOWN_REPORT: (HTTPStatus.NOT_FOUND, "resourceNotFound", "There is no such report of this body."),
    PushOutcome.CONTRADICTS: (
        HTTPStatus.CONFLICT,
        "conflict",
        "This volgnummer was used before with another content; use the next one.",
    ),
    PushOutcome.OUT_OF_TIME: (
        HTTPStatus.BAD_REQUEST,
        "badRequest",
        "tijdstip is before the report, or in the future.",
    ),
    PushOutcome.TOO_MANY: (
        HTTPStatus.TOO_MANY_REQUESTS,
        "tooManyRequests",
        f"This report has {rules.MOST_STATUSES} statuses already; no more are taken.",
    ),
}


@require_http_methods(["PUT"])
@machine_client(scope=SCOPE)
async def status(request: MachineRequest, reference: str) -> HttpResponseBase:
    """Take the status of a report from the body that has it; the same status again changes nothing."""
    if len(request.body) > LARGEST:
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "payloadTooLarge", "The body is larger than 16 kB.")
    try:
        pushed = machine_json.decode(request.body, _decoder)
        at = pushed.tijdstip.astimezone(UTC)
    except machine_json.NameTwice:
        return problem(HTTPStatus.BAD_REQUEST, "badRequest", "A member stands there twice.")
    except (ValueError, RecursionError, OverflowError):
        detail = "Send JSON with volgnummer, status, tijdstip (with offset) and, when refused, reden."
        return problem(HTTPStatus.BAD_REQUEST, "badRequest", detail)
    try:
        reason = typed_text.lines(pushed.reden, most=rules.LONGEST_REASON)
    except typed_text.TooLong:
        detail = f"reden is longer than {rules.LONGEST_REASON} characters in composed form (NFC)."
        return problem(HTTPStatus.BAD_REQUEST, "badRequest", detail)
    if pushed.status is StatusCode.REFUSED and not reason:
        return problem(HTTPStatus.BAD_REQUEST, "badRequest", "A refusal needs its reden.")
    outcome = await actions.receive_status(
        request.machine.client,
        reference if rules.is_reference(reference) else "",
        StatusUpdate(pushed.volgnummer, pushed.status, at, reason),
        correlation_id=request.correlation_id,
        now=datetime.now(UTC),
    )
    if outcome is PushOutcome.UNKNOWN_REPORT:
        note_refused(request, "report, for a body")
    if outcome in _REFUSALS:
        return problem(*_REFUSALS[outcome])
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
