"""The token endpoint (RFC 6749, 3.2), and the document that says all that machines can ask."""

import logging
from datetime import UTC, datetime
from http import HTTPStatus

from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_POST, require_safe

from portal.platform.access import machine_clients
from portal.platform.access.errors import MachineRefused
from portal.platform.access.guards import anyone
from portal.platform.access.machine_guard import for_machines, json_answer
from portal.platform.access.types import MachineRefusal, Request

from . import openapi

log = logging.getLogger("portal.access")

KEPT_NOWHERE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@for_machines
@require_POST
async def token(request: Request) -> HttpResponseBase:
    """Give a machine its token for the assertion it signed."""
    form = {name: request.POST.get(name, "") for name in request.POST}
    try:
        given = await machine_clients.grant(form, now=datetime.now(UTC))
    except MachineRefused as error:
        log.warning("machine refused: %s %s", error.error, request.correlation_id)
        status = HTTPStatus.UNAUTHORIZED if error.error == "invalid_client" else HTTPStatus.BAD_REQUEST
        return json_answer(MachineRefusal(error.error, error.description), status, KEPT_NOWHERE)
    return json_answer(given, headers=KEPT_NOWHERE)


@require_safe
@anyone
async def document(request: Request) -> HttpResponseBase:
    """Give the OpenAPI document to anybody: it says nothing of anybody."""
    return HttpResponse(openapi.written(), content_type=openapi.MEDIA)
