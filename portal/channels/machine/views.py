"""The token endpoint (RFC 6749, 3.2), the public keys of source tokens, and the OpenAPI document."""

import logging
from datetime import UTC, datetime
from http import HTTPStatus

import msgspec
from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_POST, require_safe

from portal.platform.access import machine_clients, source_tokens
from portal.platform.access.errors import MachineRefused
from portal.platform.access.guards import anyone
from portal.platform.access.machine_guard import for_machines, json_answer, problem
from portal.platform.access.types import MachineRefusal, Request

from . import openapi

log = logging.getLogger("portal.access")

KEYS = "application/jwk-set+json"
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@for_machines
@require_POST
async def token(request: Request) -> HttpResponseBase:
    """Give a machine an access token for the assertion that it signed."""
    form = {name: request.POST.get(name, "") for name in request.POST}
    try:
        access_token = await machine_clients.grant(form, now=datetime.now(UTC))
    except MachineRefused as error:
        log.warning("machine refused: %s %s", error.error, request.correlation_id)
        status = HTTPStatus.UNAUTHORIZED if error.error == "invalid_client" else HTTPStatus.BAD_REQUEST
        return json_answer(MachineRefusal(error.error, error.description), status, NO_STORE)
    return json_answer(access_token, headers=NO_STORE)


@require_safe
@anyone
async def keys(request: Request) -> HttpResponseBase:
    """Give the public keys with which sources verify our tokens (RFC 7517); an empty set where we sign none."""
    try:
        signing = source_tokens.ours()
    except source_tokens.SourceTokenError as error:
        log.error("keys of tokens for sources cannot be read: %s", error)
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, "keys-away", "The keys cannot be read now.")
    return HttpResponse(msgspec.json.encode({"keys": signing.published if signing else ()}), content_type=KEYS)


@require_safe
@anyone
async def document(request: Request) -> HttpResponseBase:
    """Give the OpenAPI document, to anybody: it holds no personal data."""
    return HttpResponse(openapi.document_json(), content_type=openapi.MEDIA)
