"""The page that lists a citizen's copies, the newest first, with how much of their archive is used."""

from collections.abc import Sequence

from django.http import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal.platform.access.guards import SeeOther, signed_in
from portal.platform.access.types import SignedInRequest

from .. import framing, queries
from ..copies import consent, limits, reading
from ..copies.types import MailboxCopy
from . import copy_sheets, places

PAGE = "pagina"


@require_safe
@signed_in
async def overview(request: SignedInRequest) -> HttpResponseBase:
    """Show a page of the list; redirect a citizen without archive to the page that begins one.

    Copies without a consent that can be decrypted are still listed, so that they can be deleted.
    """
    citizen_id = request.session.citizen_id
    given = await consent.look(citizen_id)
    page = _number(request.GET.get(PAGE, ""))
    use, copies = await reading.look_at_archive(request.occasion, page)
    if given is None and not use.copies:
        return SeeOther(reverse("mailbox:archive_begin"))
    of = max(1, -(-use.copies // reading.PAGE))
    if page > of:
        return SeeOther(_address(of))
    context = {
        "given": given,
        "use": use,
        "room": copy_sheets.room_of(use),
        "most_copies": limits.copies(),
        "rows": _rows(copies),
        "page": page,
        "of": of,
        "before": _address(page - 1),
        "after": _address(page + 1),
        "is_linked": await queries.is_linked(citizen_id),
        "done": places.receipt(request, places.BEGUN, places.DELETED),
    }
    return framing.page(request, "archive", places.TITLE, context)


def _rows(copies: Sequence[MailboxCopy]) -> Sequence[tuple[copy_sheets.CopyRow, str]]:
    return [(copy_sheets.row_of(one), f"{places.overview()}{one.id}/") for one in copies]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 5 and int(text) else 1


def _address(page: int) -> str:
    return f"{places.overview()}?{PAGE}={page}" if page > 1 else places.overview()
