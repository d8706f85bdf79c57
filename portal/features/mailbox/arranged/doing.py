"""Arrange documents as a form says, and carry the result in an address to the page that confirms it."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from portal.platform.access import carried
from portal.platform.access.types import Session, SignedInRequest
from portal.platform.kit.unprinted import Unprinted

from ..registry.locating import MessagePlace
from . import folders, marks
from .arrangement import Arranging, Folder, FolderGone, TooManyDocuments

DO, FOLDER = "doe", "map"  # fields of a form: the action, and the id of a folder or NO_FOLDER
STAR, NO_STAR, MOVE, LEAVE = "ster", "geen-ster", "map", "vergeet"  # actions; LEAVE takes away star and folder
NO_FOLDER = "geen"
ARRANGED = "geordend"  # query parameter with the sealed receipt
SEALED = b"what came of arranging messages"

type ArrangeTrouble = Literal["", "folder", "full", "choose"]


class ArrangeReceipt(Unprinted, frozen=True):
    """The result of arranging documents. count: of documents.

    action: as the form names it: STAR, NO_STAR or LEAVE; any other counts as MOVE. folder: the id of the folder that
    they went into, None for none. trouble: why nothing was done: "folder", it is gone; "full", MOST_DOCUMENTS are
    reached; "choose", no folder was chosen; "" for no trouble.
    """

    action: str
    count: int = 0
    folder: UUID | None = None
    trouble: ArrangeTrouble = ""


def arranging_in(form: Mapping[str, str]) -> Arranging | None:
    """Read the change that a form asks for; None where no folder was chosen. An unknown action counts as MOVE.

    Raise FolderGone for a folder's id that is no UUID.
    """
    match form.get(DO):
        case "ster":
            return Arranging(is_starred=True)
        case "geen-ster":
            return Arranging(is_starred=False)
        case "vergeet":
            return Arranging(is_starred=False, is_moved=True)
    chosen = form.get(FOLDER, "")
    if not chosen:
        return None
    if chosen == NO_FOLDER:
        return Arranging(is_moved=True)
    try:
        return Arranging(is_moved=True, folder=UUID(chosen))
    except ValueError:
        raise FolderGone from None


async def arrange(request: SignedInRequest, places: Sequence[MessagePlace]) -> ArrangeReceipt:
    """Arrange documents as the form of a request says, all or none. Raise NotLinked."""
    action = request.POST.get(DO, MOVE)
    try:
        arranging = arranging_in(request.POST)
        if arranging is None:
            return ArrangeReceipt(action, trouble="choose")
        count = await marks.arrange(request.occasion, places, arranging)
    except FolderGone:
        return ArrangeReceipt(action, trouble="folder")
    except TooManyDocuments:
        return ArrangeReceipt(action, trouble="full")
    return ArrangeReceipt(action, count, arranging.folder)


async def star(request: SignedInRequest, place: MessagePlace, *, is_starred: bool) -> ArrangeReceipt:
    """Give a document a star, or take it away. Raise NotLinked."""
    action = STAR if is_starred else NO_STAR
    try:
        return ArrangeReceipt(
            action, await marks.arrange(request.occasion, [place], Arranging(is_starred=is_starred))
        )
    except TooManyDocuments:
        return ArrangeReceipt(action, trouble="full")


def seal(session: Session, receipt: ArrangeReceipt) -> dict[str, str]:
    """Give the query parameter that carries a receipt in an address of this session."""
    return {ARRANGED: carried.seal(session, SEALED, receipt)}


def receipt_of(request: SignedInRequest, kept: Sequence[Folder]) -> dict[str, Any]:
    """Read the receipt from the address, as context for a page: `receipt`, and `receipt_folder`, the folder's name.

    kept: the citizen's folders. `receipt` is None where the address has none of this session;
    `receipt_folder` is "" where they went into no folder, or into one that was removed since.
    """
    receipt = carried.unseal(ArrangeReceipt, request.session, SEALED, request.GET.get(ARRANGED, ""))
    name = next((folders.title(one) for one in kept if receipt and one.id == receipt.folder), "")
    return {"receipt": receipt, "receipt_folder": name}
