"""The endpoint with which bodies notify citizens (docs/notifications.md)."""

import logging
from datetime import UTC, datetime
from http import HTTPStatus

from django.http import HttpResponseBase
from django.views.decorators.http import require_POST

from portal.platform.access.machine_guard import json_answer, machine_client, problem
from portal.platform.access.refusals import note_refused
from portal.platform.access.types import MachineRequest

from . import bundles, categories, receiving, rules, section
from .bundles import BundleRefused
from .operations import Accepted
from .types import SCOPE, BundleOutcome

log = logging.getLogger("portal.notifications")


@require_POST
@machine_client(scope=SCOPE)
async def notify(request: MachineRequest) -> HttpResponseBase:
    """Receive a bundle; it is committed before the answer. The same bundle again changes nothing."""
    # `request.body` is refused from DATA_UPLOAD_MAX_MEMORY_SIZE on, which is less.
    content = bytes(request.read(bundles.LARGEST + 1))
    if len(content) > bundles.LARGEST:
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "payloadTooLarge", "The body is larger than 1 MB.")
    agency = section.body(request.machine.client)
    own, now = section.of(agency) if agency else section.Notifications(), datetime.now(UTC)
    try:
        bundle = bundles.read(content)
        if bundle.provider not in own.uris:
            note_refused(request, "notices, for another body")
            detail = "AanbiederUri is none of this body's."
            return problem(HTTPStatus.FORBIDDEN, "foreignSource", detail)
        rules.check_sender(bundle, own, now)
        notice = bundles.notice_of(bundle, categories.installed_categories())
    except BundleRefused as error:
        return problem(HTTPStatus.BAD_REQUEST, error.code, error.detail)
    try:
        prepared = await receiving.prepare(request.machine.client, bundle, notice, own.keep, now)
        outcome = await receiving.receiver.take(prepared)
    except Exception as error:
        # The type only is logged: a message of the database can quote a value.
        log.error("a bundle was not taken in: %s %s", type(error).__name__, request.correlation_id)
        detail = "It could not be kept now; nothing of it was. Send it again."
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", detail, {"Retry-After": "5"})
    if outcome is BundleOutcome.CONTRADICTS:
        detail = "This Id was used before with other contents; use a new one."
        return problem(HTTPStatus.CONFLICT, "conflict", detail)
    status = "Verlopen" if rules.is_over(bundle, now) else "Aanvaard"
    return json_answer(Accepted(bundle.id, status))
