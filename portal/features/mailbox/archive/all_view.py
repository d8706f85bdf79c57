"""All copies at once, to take along."""

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.platform.access.guards import SeeOther, signed_in, streams
from portal.platform.access.types import SignedInRequest
from portal.platform.language import dates
from portal.platform.ui import file_names, first_bytes, streaming

from ..copies import reading
from ..letter import file_kinds
from . import copies_as_zip, places


@require_safe
@signed_in
@streams
async def take(request: SignedInRequest) -> HttpResponseBase:
    """Hand over all copies as one ZIP, while they are opened."""
    use = await reading.use_of(request.session.citizen_id)
    if not use.copies:
        return SeeOther(places.overview())
    await reading.note_opening(request.occasion)
    day = dates.day(request.occasion.now)
    name = f"{file_names.plain(_('eBox archief - %(day)s') % {'day': day}, otherwise='eBox')}.zip"
    headers = {**streaming.HEADERS, **file_names.headers("attachment", name)}
    # It is no page: nobody waits for its first byte.
    first_bytes.register(request.correlation_id)
    return StreamingHttpResponse(
        copies_as_zip.alone(request), content_type=file_kinds.ZIP.media_type, headers=headers
    )
