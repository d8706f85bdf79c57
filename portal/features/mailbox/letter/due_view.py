"""The download of a calendar file with the days until which documents are to be paid."""

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.platform.access.guards import signed_in
from portal.platform.access.types import SignedInRequest
from portal.platform.keys import pseudonym
from portal.platform.sources import beside
from portal.platform.ui import file_names

from ..link.guarding import needs_link
from ..payments import due_days
from . import message_view

MEDIA_TYPE = "text/calendar; charset=utf-8"
MARKED = b"mailbox due day"


@require_safe
@signed_in
@needs_link
async def calendar(request: SignedInRequest) -> HttpResponseBase:
    """Send the days that a page showed, as a file; 404 for an address of another session."""
    days = due_days.days_in(request.session, request.GET.get(due_days.DAYS, ""))
    if not days:
        return message_view.not_here(request)
    marked = [(day, await _mark(request, day.key)) for day in days]
    name = file_names.plain(_("Te betalen"), otherwise="eBox")
    # The library of calendars takes a fifth of a second to import, once, and a full file some 50 ms.
    written = await beside.run(True, due_days.calendar_of, marked, request.occasion.now)
    return HttpResponse(
        written,
        content_type=MEDIA_TYPE,
        headers=file_names.headers("attachment", f"{name}.ics"),
    )


async def _mark(request: SignedInRequest, key: str) -> bytes:
    """Give the keyed hash for the UID of a day: the same each time, and different for every citizen."""
    return await pseudonym.mark(request.session.citizen_id, MARKED, key.encode())
