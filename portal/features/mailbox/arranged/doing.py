"""What a form says is to be done with documents, and what came of it, for the page that says so."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from portal.platform.access import carried
from portal.platform.access.types import Session, SignedInRequest
from portal.platform.kit.unprinted import Unprinted

from ..registry.locating import MessagePlace
from . import folders, marks
from .arrangement import Arranging, Folder, FolderGone, TooManyDocuments

DO, FOLDER = "doe", "map"  # fields of a form: what is to be done, and with which folder
STAR, NO_STAR, MOVE, LEAVE = "ster", "geen-ster", "map", "vergeet"
NO_FOLDER = "geen"
ARRANGED = "geordend"  # names in an address what came of it, sealed
SEALED = b"what came of arranging messages"

type ArrangeTrouble = Literal["", "folder", "full", "choose"]


class ArrangeReceipt(Unprinted, frozen=True):
    """What came of arranging documents. what: one of STAR, NO_STAR, MOVE, LEAVE; count: of how many documents.

    folder: to which they went, None for none. trouble: why nothing was done: the folder is gone, as many documents
    are arranged as can be, or no folder was chosen; "" where it was.
    """

    what: str
    count: int = 0
    folder: UUID | None = None
    trouble: ArrangeTrouble = ""


def arranging_in(form: Mapping[str, str]) -> Arranging | None:
    """Read what is to be done; None where no folder was chosen. Raise FolderGone for what is none."""
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
        return Arranging(is_moved=True, folder=UUID(chosen[:36]))
    except ValueError:
        raise FolderGone from None


async def arrange(request: SignedInRequest, places: Sequence[MessagePlace]) -> ArrangeReceipt:
    """Do with documents what the form of a request says. Raise NotLinked."""
    what = request.POST.get(DO, MOVE)
    try:
        arranging = arranging_in(request.POST)
        if arranging is None:
            return ArrangeReceipt(what, trouble="choose")
        count = await marks.arrange(request.occasion, places, arranging)
    except FolderGone:
        return ArrangeReceipt(what, trouble="folder")
    except TooManyDocuments:
        return ArrangeReceipt(what, trouble="full")
    return ArrangeReceipt(what, count, arranging.folder)


async def star(request: SignedInRequest, place: MessagePlace, *, is_starred: bool) -> ArrangeReceipt:
    """Give a document a star, or take it away. Raise NotLinked."""
    what = STAR if is_starred else NO_STAR
    try:
        return ArrangeReceipt(what, await marks.arrange(request.occasion, [place], Arranging(is_starred=is_starred)))
    except TooManyDocuments:
        return ArrangeReceipt(what, trouble="full")


def seal(session: Session, receipt: ArrangeReceipt) -> dict[str, str]:
    """Write what came of it, for an address."""
    return {ARRANGED: carried.seal(session, SEALED, receipt)}


def receipt_of(request: SignedInRequest, kept: Sequence[Folder]) -> dict[str, Any]:
    """Read it from the address, for a page: what came of it, and the name of its folder.

    kept: the citizen's folders. receipt: None where nothing was done, or in another session.
    """
    receipt = carried.unseal(ArrangeReceipt, request.session, SEALED, request.GET.get(ARRANGED, ""))
    name = next((folders.title(one) for one in kept if receipt and one.id == receipt.folder), "")
    return {"receipt": receipt, "receipt_folder": name}
