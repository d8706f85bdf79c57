"""The types and limits of arranging: a document has a star or not, and stands in at most one folder. No I/O.

The documents themselves stay with their providers.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from portal.platform.kit.errors import PortalError
from portal.platform.kit.unprinted import Unprinted

from ..registry.locating import MessagePlace
from ..types import key_of

MOST_DOCUMENTS = (
    5_000  # of one citizen with a star or folder; beyond, nothing is added rather than an old one deleted
)
MOST_FOLDERS = 30  # of one citizen
LONGEST_NAME = 40  # characters of the name of a folder
HOLDS = timedelta(days=90)  # for how long a mark outlives its document, so that a folder can say what is gone


class FolderGone(PortalError):
    """The folder does not exist, or was removed in another tab."""

    code = "folder_gone"


class FolderNameTaken(PortalError):
    """Another folder of the citizen has this name; case and accents make no difference."""

    code = "folder_name_taken"


class TooManyFolders(PortalError):
    """The citizen has MOST_FOLDERS folders."""

    code = "too_many_folders"


class TooManyDocuments(PortalError):
    """The citizen would have more than MOST_DOCUMENTS documents with a star or folder."""

    code = "too_many_documents"


class Folder(Unprinted, frozen=True):
    """A folder of a citizen. name: "" where it cannot be decrypted. since: when it was made (UTC)."""

    id: UUID
    name: str
    since: datetime


class ArrangedDocument(Unprinted, frozen=True, omit_defaults=True):
    """How a document is arranged. provider, id: those of its message. received_at: UTC, to sort documents by.

    folder: the id of its folder, None for none; that of a folder that was removed counts as none.
    """

    provider: str
    id: str
    received_at: datetime
    is_starred: bool = False
    folder: UUID | None = None

    @property
    def key(self) -> str:
        """The key of the document among those of all providers."""
        return key_of(self.provider, self.id)

    @property
    def is_bare(self) -> bool:
        """Whether it has neither star nor folder, so that no mark of it need be kept."""
        return not self.is_starred and self.folder is None


class Arranging(Unprinted, frozen=True):
    """A change of how documents are arranged. is_starred: None leaves the star as it is.

    is_moved: they go into `folder`, or out of any where that is None; False leaves them in theirs.
    """

    is_starred: bool | None = None
    is_moved: bool = False
    folder: UUID | None = None

    def of(self, document: ArrangedDocument) -> ArrangedDocument:
        """Give a document as it is after the change."""
        return msgspec.structs.replace(
            document,
            is_starred=document.is_starred if self.is_starred is None else self.is_starred,
            folder=self.folder if self.is_moved else document.folder,
        )


def bare(place: MessagePlace, now: datetime) -> ArrangedDocument:
    """Give a document without star or folder. now: stands for the moment of receipt where `place` has none."""
    return ArrangedDocument(place.provider, place.id, (place.received_at or now).astimezone(UTC))
