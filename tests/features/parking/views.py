"""The page of the permits, and what the machine of the wardens asks."""

from datetime import UTC, datetime

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from portal.platform.access.guards import SeeOther, signed_in
from portal.platform.access.machine_guard import for_machines
from portal.platform.access.types import Request, SignedInRequest
from portal.platform.confined import programs
from portal.platform.feature import installed

from . import actions, rules


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def permits(request: SignedInRequest) -> HttpResponseBase:
    """List what features lend to the list of parking; take a plate, which a program reads."""
    citizen_id = request.session.citizen_id
    if request.method == "POST":
        plate = await programs.run(rules.PROGRAM, request.POST["plaat"].encode(), seconds=10)
        await actions.give(citizen_id, plate.decode(), request.POST["mail"], datetime.now(UTC))
        return SeeOther("/parkeren/")
    found = [line for loan in installed.loans_to("parking") for line in await loan.lines(request.occasion)]
    return render(request, "parking/permits.html", {"lines": found})


@require_http_methods(["DELETE"])
@for_machines
async def district(request: Request, name: str) -> HttpResponseBase:
    """Close a district."""
    return HttpResponse(status=204)
