"""The pages of one copy: its letter, its files, and deleting it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods, require_safe
from markupsafe import Markup

from portal.platform.access.guards import SeeOther, signed_in
from portal.platform.access.refusals import not_theirs
from portal.platform.access.types import SignedInRequest
from portal.platform.language import dates
from portal.platform.ui import file_names, streaming

from .. import framing
from ..copies import reading, writing
from ..copies.reading import CopyDamagedError
from ..copies.types import CopyFacts, CopyFile, CopyLetter, MailboxCopy
from ..letter import cleaning, file_kinds, sheets
from . import copy_sheets, places, sending

TITLE = _("Kopie van een document")
DELETE = _("Deze kopie wissen?")
DAMAGED = _("Bestand van een kopie")
LANGUAGE = "taal"  # query parameter: code of the language that the reader chose
HOW, SAVE = "wijze", "bewaren"  # query parameter and value: save the file, do not open it in the browser


@require_safe
@signed_in
async def copy(request: SignedInRequest, copy_id: UUID) -> HttpResponseBase:
    """Show a copy: its facts, its letter and its files."""
    found = await _own(request, copy_id)
    row = copy_sheets.row_of(found, request.GET.get(LANGUAGE, ""))
    context: dict[str, Any] = {
        "crumbs": places.crumbs((TITLE, "")),
        "row": row,
        "own_page": f"{places.overview()}{copy_id}/",
        "done": places.receipt(request, places.KEPT, places.THERE),
        "is_damaged": False,
        "letter": None,
        "data": (),
        "payment": None,
        "others": (),
    }
    if found.facts is not None:
        await reading.note_opening(request.occasion)
        letter = await reading.letter(request.session.citizen_id, found)
        context["is_damaged"] = letter is None
        if letter is not None:
            context |= await _letter(request, letter, found.facts)
    return framing.page(request, "copy", TITLE, context)


@require_safe
@signed_in
async def file(request: SignedInRequest, copy_id: UUID, number: int) -> HttpResponseBase:
    """Send a file of a copy, with the media type of its bytes; a page with status 500 where it is damaged."""
    found = await _own(request, copy_id)
    wanted = copy_sheets.by_number(found.facts).get(number) if found.facts else None
    if wanted is None:
        raise not_theirs(request, "file of a copy")
    try:
        kind = await _kind(request, copy_id, number, wanted)
    except CopyDamagedError:
        return _answer_damaged(request, copy_id, wanted)
    await reading.note_opening(request.occasion)
    is_shown = kind.is_shown and request.GET.get(HOW) != SAVE
    name = file_kinds.file_name(kind, copy_sheets.name_of(wanted))
    headers = {
        **streaming.HEADERS,
        **file_names.headers("inline" if is_shown else "attachment", name),
        "Content-Length": str(wanted.extent.size),
    }
    pieces = sending.pieces(request, copy_id, number, wanted.extent)
    return StreamingHttpResponse(pieces, content_type=kind.media_type, headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def delete(request: SignedInRequest, copy_id: UUID) -> HttpResponseBase:
    """Ask to confirm, and delete the copy on POST."""
    found = await _own(request, copy_id)
    if request.method == "POST":
        if not await writing.delete(request.occasion, copy_id):
            raise not_theirs(request, "copy of a document")
        return SeeOther(f"{places.overview()}?{framing.DONE}={places.DELETED}")
    own_page = f"{places.overview()}{copy_id}/"
    context = {
        "crumbs": places.crumbs((TITLE, own_page), (DELETE, "")),
        "row": copy_sheets.row_of(found),
        "own_page": own_page,
    }
    return framing.page(request, "copy_delete", DELETE, context)


async def _own(request: SignedInRequest, copy_id: UUID) -> MailboxCopy:
    found = await reading.find(request.session.citizen_id, copy_id)
    if found is None:
        raise not_theirs(request, "copy of a document")
    return found


async def _letter(request: SignedInRequest, letter: CopyLetter, facts: CopyFacts) -> dict[str, Any]:
    """Give the context for the letter of a copy, cleaned as on the page of a document."""
    wanted = request.GET.get(LANGUAGE, "")
    text, language = sheets.in_language(letter.texts, wanted)
    context: dict[str, Any] = {
        "data": sheets.data_of(letter.business_data, wanted),
        "payment": copy_sheets.payment_of(letter, facts, wanted, dates.day_here(request.occasion.now)),
    }
    if text:
        cleaned = await cleaning.clean(text, request.session.citizen_id)
        context |= {
            "letter": cleaned,
            "letter_markup": Markup(cleaned.markup),  # noqa: S704 - written by letter_markup
            "letter_language": language,
            "others": sheets.others(letter.texts, language),
        }
    return context


async def _kind(request: SignedInRequest, copy_id: UUID, number: int, wanted: CopyFile) -> file_kinds.FileKind:
    """Read a file to its end, which checks it, and tell what it is by its first bytes. Raise CopyDamagedError."""
    head = b""
    async for chunk in reading.chunks(request.session.citizen_id, copy_id, number, wanted.extent):
        if len(head) < file_kinds.HEAD:
            head += chunk[: file_kinds.HEAD]
    return file_kinds.kind_of(head[: file_kinds.HEAD], wanted.media_type, wanted.file_name)


def _answer_damaged(request: SignedInRequest, copy_id: UUID, wanted: CopyFile) -> HttpResponseBase:
    own_page = f"{places.overview()}{copy_id}/"
    context = {
        "title": DAMAGED,
        "crumbs": places.crumbs((TITLE, own_page), (DAMAGED, "")),
        "has_errors": False,
        "name": copy_sheets.name_of(wanted),
        "own_page": own_page,
    }
    return render(request, "mailbox/copy_damaged.html", context, status=500)
