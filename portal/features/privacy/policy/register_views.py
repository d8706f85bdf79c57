"""The register of processing for anybody: a page for people, JSON for programs."""

from datetime import UTC, datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from portal.platform.access.guards import anyone, read_by_programs
from portal.platform.access.machine_guard import json_answer
from portal.platform.access.types import Request
from portal.platform.language.current import speaking
from portal.platform.language.offer import DUTCH

from . import data_controller, reading, register
from .framing import crumbs
from .types import ProcessingRegister

REGISTER = _("Register van verwerkingen")


@require_safe
@anyone
async def for_people(request: Request) -> HttpResponse:
    """Show every processing: whose data, what for, on which ground, until when."""
    entries = register.for_people()
    context = {
        "own": [entry for entry in entries if entry.role == "controller"],
        "of_bodies": [entry for entry in entries if entry.role == "processor"],
        "crumbs": crumbs(REGISTER),
    }
    return render(request, "privacy/register.html", context)


@require_safe
@anyone
@read_by_programs
async def for_programs(request: Request) -> HttpResponse:
    """Give every entry of the register as JSON, in Dutch."""
    with speaking(DUTCH):
        policy = reading.in_force(datetime.now(UTC))
        document = ProcessingRegister(
            data_controller.configured_controller(), policy.number, tuple(register.entries())
        )
    return json_answer(document)
