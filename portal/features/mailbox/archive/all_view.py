"""The download of all copies as one ZIP."""

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
    """Stream all copies as one ZIP, decrypting each in its turn; redirect to the list where there is none."""
    use = await reading.use_of(request.session.citizen_id)
    if not use.copies:
        return SeeOther(places.overview())
    await reading.note_opening(request.occasion)
    day = dates.day(request.occasion.now)
    name = f"{file_names.plain(_('eBox archief - %(day)s') % {'day': day}, otherwise='eBox')}.zip"
    headers = {**streaming.HEADERS, **file_names.headers("attachment", name)}
    # A download is no page, whose first byte others make way for.
    first_bytes.register(request.correlation_id)
    return StreamingHttpResponse(
        copies_as_zip.alone(request), content_type=file_kinds.ZIP.media_type, headers=headers
    )
