"""Make the rows of the list: each message in words, with the citizen's own marks and the address of its page."""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from portal.platform.access.types import Session
from portal.platform.kit.unprinted import Unprinted
from portal.platform.language import dates

from .. import framing
from ..arranged import folders, marks
from ..arranged.arrangement import ArrangedDocument, Folder
from ..payments import paid
from ..registry import locating, wording
from ..types import EboxMessage
from . import seeking


class MessageRow(Unprinted, frozen=True):
    """A message as the list shows it.

    subject, sender, kind: a text and its language, ("", "") for none. href: of its page; token: names it in a form;
    both "" where its id is too long (`locating`). expires: day in Belgium (YYYY-MM-DD), "" for never. days_left:
    until then, None for more than `seeking.SOON_DAYS`. due_on: the day until which it is to be paid, in words, "" for
    none; is_past: that day is over. is_paid, is_starred: marks of the citizen. folder: its name, "" for none.
    """

    message: EboxMessage
    subject: tuple[str, str]
    sender: tuple[str, str]
    kind: tuple[str, str]
    href: str
    token: str
    expires: str
    days_left: int | None
    due_on: str
    is_past: bool
    is_paid: bool
    is_starred: bool
    folder: str


class OwnMarks(NamedTuple):
    """The marks of a citizen on documents. paid: keys of documents; arranged: by the key; folders: all of theirs."""

    paid: Container[str] = ()
    arranged: Mapping[str, ArrangedDocument] = {}
    folders: Sequence[Folder] = ()

    def folder_of(self, key: str) -> str:
        """Give the name of the folder of a document (by its key, `key_of`); "" for none."""
        document = self.arranged.get(key)
        wanted = document.folder if document else None
        return next((folders.title(one) for one in self.folders if one.id == wanted), "")


NONE = OwnMarks()


async def marks_of(session: Session, messages: Sequence[EboxMessage], kept: Sequence[Folder]) -> OwnMarks:
    """Read the marks of the citizen on these documents. kept: their folders."""
    paid_since = await paid.since_when(session.citizen_id, [one.key for one in messages if one.has_payment])
    arranged = await marks.of_shown(session.citizen_id, messages)
    return OwnMarks(paid_since, arranged, kept)


def rows_of(
    messages: Iterable[EboxMessage], session: Session, today: date, own: OwnMarks = NONE
) -> Sequence[MessageRow]:
    """Make the rows of messages. today: the day in Belgium; own: the marks of the citizen."""
    return [_row(one, session, today, own) for one in messages]


def _row(message: EboxMessage, session: Session, today: date, own: OwnMarks) -> MessageRow:
    token = locating.token_of_message(session, message)
    arranged = own.arranged.get(message.key)
    left = None
    if message.expires_at is not None:
        left = (dates.day_here(message.expires_at) - today).days
    return MessageRow(
        message=message,
        subject=wording.text_of(message.subjects),
        sender=wording.name_of_sender(message.provider, message.sender),
        kind=wording.name_of_kind(message.provider, message.type_id),
        href=framing.page_of(token),
        token=token,
        expires=seeking.day_of(message.expires_at) if message.expires_at is not None else "",
        days_left=left if left is not None and left <= seeking.SOON_DAYS else None,
        due_on=dates.day(message.due_on) if message.due_on else "",
        is_past=message.due_on is not None and message.due_on < today,
        is_paid=message.key in own.paid,
        is_starred=arranged is not None and arranged.is_starred,
        folder=own.folder_of(message.key),
    )
