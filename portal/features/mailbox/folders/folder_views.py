"""The pages on which a citizen lists, adds, renames and removes folders. They ask for no document."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods

from portal.platform.access import carried
from portal.platform.access.guards import SeeOther, keeps_typed, signed_in
from portal.platform.access.refusals import not_theirs
from portal.platform.access.types import SignedInRequest
from portal.platform.kit.unprinted import Unprinted

from .. import framing
from ..arranged import folders, marks
from ..arranged.arrangement import MOST_FOLDERS, Folder, FolderGone, FolderNameTaken, TooManyFolders
from ..link.guarding import needs_link
from ..list import frames
from ..list.seeking import SoughtMessages
from .forms import NAME_TAKEN, FolderForm

TITLE = _("Uw mappen")
RENAME = _("Map een andere naam geven")
REMOVE = _("Deze map verwijderen?")
PAGE = require_http_methods(["GET", "HEAD", "POST"])
FOLDER = b"a folder of the mailbox"
FORM = b"form of a folder"
MADE, RENAMED, REMOVED, GONE, FULL = RECEIPTS = ("gemaakt", "hernoemd", "verwijderd", "al-weg", "vol")


class FolderRow(Unprinted, frozen=True):
    """A folder as the page lists it. count: of its documents, also those that are gone.

    href: address of its documents; rename, remove: of the pages that do so.
    """

    name: str
    count: int
    href: str
    rename: str
    remove: str


@PAGE
@signed_in
@needs_link
@keeps_typed
async def overview(request: SignedInRequest) -> HttpResponseBase:
    """List the folders, and add one on POST."""
    form = await _form(request, "")
    if form.is_bound and form.is_valid():
        try:
            await folders.add(request.occasion, form.name)
        except FolderNameTaken:
            form.add_error("naam", NAME_TAKEN)
        except TooManyFolders:
            return _back(FULL)
        else:
            return _back(MADE)
    kept = await folders.of(request.session.citizen_id)
    done = request.GET.get(framing.DONE, "")
    context = {
        "rows": await _rows(request, kept),
        "is_full": len(kept) >= MOST_FOLDERS,
        "most": MOST_FOLDERS,
        "done": done if done in RECEIPTS and not form.is_bound else "",
        "crumbs": framing.crumbs((TITLE, "")),
    }
    return await _page(request, "folders", TITLE, context, form)


@PAGE
@signed_in
@needs_link
@keeps_typed
async def rename(request: SignedInRequest, token: str) -> HttpResponseBase:
    """Rename a folder on POST."""
    folder_id = await _id(request, token)
    folder = await _find(request, folder_id)
    if folder is None:
        return _back(GONE)
    form = await _form(request, folder.name)
    if form.is_bound and form.is_valid():
        try:
            await folders.rename(request.occasion, folder_id, form.name)
        except FolderNameTaken:
            form.add_error("naam", NAME_TAKEN)
        except FolderGone:
            return _back(GONE)
        else:
            return _back(RENAMED)
    context = {"name": folders.title(folder), "crumbs": _crumbs(RENAME)}
    return await _page(request, "folder", RENAME, context, form)


@PAGE
@signed_in
@needs_link
async def remove(request: SignedInRequest, token: str) -> HttpResponseBase:
    """Explain what removing a folder means, and remove it on POST."""
    folder_id = await _id(request, token)
    if request.method == "POST":
        return _back(REMOVED if await folders.remove(request.occasion, folder_id) else GONE)
    folder = await _find(request, folder_id)
    if folder is None:
        return _back(GONE)
    count = (await _counts(request))[folder_id]
    context = {"name": folders.title(folder), "count": count, "crumbs": _crumbs(REMOVE)}
    return await _page(request, "folder_remove", REMOVE, context, FolderForm())


async def _id(request: SignedInRequest, token: str) -> UUID:
    """Read the id of a folder from its address. Raise the refusal of `not_theirs` for that of another citizen."""
    folder_id = await carried.unseal_for_citizen(UUID, request.session, FOLDER, token)
    if folder_id is None:
        raise not_theirs(request, "folder")
    return folder_id


async def _find(request: SignedInRequest, folder_id: UUID) -> Folder | None:
    kept = await folders.of(request.session.citizen_id)
    return next((one for one in kept if one.id == folder_id), None)


async def _counts(request: SignedInRequest) -> Counter[UUID | None]:
    return Counter(one.folder for one in await marks.every(request.session.citizen_id))


async def _rows(request: SignedInRequest, kept: Sequence[Folder]) -> Sequence[FolderRow]:
    counts = await _counts(request) if kept else Counter()
    rows = []
    for one in kept:
        token = {"token": await carried.seal_for_citizen(request.session, FOLDER, one.id)}
        rows.append(
            FolderRow(
                folders.title(one),
                counts[one.id],
                frames.address_of(request.session, SoughtMessages(folder=one.id)),
                reverse("mailbox:folder", kwargs=token),
                reverse("mailbox:remove_folder", kwargs=token),
            )
        )
    return rows


async def _form(request: SignedInRequest, name: str) -> FolderForm:
    """Give the form that was sent, or one to fill in. name: of the folder now, "" for a new one.

    What was typed before a session ended (`is_from_before`) is filled in again, for the same citizen only, and is not
    taken as sent.
    """
    if request.method == "POST" and not request.is_from_before:
        return FolderForm(request.POST)
    whose = request.POST.get("van", "")
    is_theirs = await carried.unseal_for_citizen(str, request.session, FORM, whose) is not None
    return FolderForm(initial={"naam": request.POST.get("naam", "") if is_theirs else name})


async def _page(
    request: SignedInRequest, template: str, title: str, context: Mapping[str, Any], form: FolderForm
) -> HttpResponseBase:
    has_errors = form.is_bound and bool(form.errors)
    whose = await carried.seal_for_citizen(request.session, FORM, "")
    values = {"form": form, "whose": whose, **context}
    return framing.page(request, template, title, values, has_errors=has_errors)


def _crumbs(title: str) -> Sequence[Mapping[str, str]]:
    return framing.crumbs((TITLE, reverse("mailbox:folders")), (title, ""))


def _back(what: str) -> SeeOther:
    return SeeOther(f"{reverse('mailbox:folders')}?{framing.DONE}={what}")
