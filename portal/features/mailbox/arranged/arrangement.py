"""What somebody can do with documents that stay where they are: give them a star, put them in a folder. No I/O."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from portal.platform.kit.errors import PortalError
from portal.platform.kit.unprinted import Unprinted

from ..registry.locating import MessagePlace
from ..types import key_of

MOST_DOCUMENTS = 5_000  # that have a star or a folder; nothing that somebody arranged is forgotten to make room
MOST_FOLDERS = 30
LONGEST_NAME = 40  # characters of the name of a folder
HOLDS = timedelta(days=90)  # after the day on which a document expires, so that its folder can say that it is gone


class FolderGone(PortalError):
    """There is no such folder, or no more: it was removed in another tab."""

    code = "folder_gone"


class FolderNameTaken(PortalError):
    """Another folder has this name; capitals and accents make no difference."""

    code = "folder_name_taken"


class TooManyFolders(PortalError):
    """There are as many folders as one can have."""

    code = "too_many_folders"


class TooManyDocuments(PortalError):
    """As many documents are arranged as can be."""

    code = "too_many_documents"


class Folder(Unprinted, frozen=True):
    """A folder of somebody. name: "" where it does not open any more. since: UTC."""

    id: UUID
    name: str
    since: datetime


class ArrangedDocument(Unprinted, frozen=True, omit_defaults=True):
    """How a document is arranged. provider, id: which it is. received_at: UTC, for its place among others.

    folder: of its id; one that is no folder any more counts as none.
    """

    provider: str
    id: str
    received_at: datetime
    is_starred: bool = False
    folder: UUID | None = None

    @property
    def key(self) -> str:
        """Name it among the documents of all providers."""
        return key_of(self.provider, self.id)

    @property
    def is_bare(self) -> bool:
        """Whether nothing is left of how it was arranged."""
        return not self.is_starred and self.folder is None


class Arranging(Unprinted, frozen=True):
    """What is to be done with documents. is_starred: None leaves stars as they are.

    is_moved: they go to `folder`, None for none; else they stay in theirs.
    """

    is_starred: bool | None = None
    is_moved: bool = False
    folder: UUID | None = None

    def of(self, document: ArrangedDocument) -> ArrangedDocument:
        """Do it with one."""
        return msgspec.structs.replace(
            document,
            is_starred=document.is_starred if self.is_starred is None else self.is_starred,
            folder=self.folder if self.is_moved else document.folder,
        )


def bare(place: MessagePlace, now: datetime) -> ArrangedDocument:
    """Give a document without a star or folder; now: stands for a moment that nobody says."""
    return ArrangedDocument(place.provider, place.id, (place.received_at or now).astimezone(UTC))
