"""Describe a copy as pages show it: in the list of the archive, and on its own page. No I/O."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _t

from portal.platform.kit.unprinted import Unprinted

from ..copies import limits
from ..copies.types import ArchiveUse, CopyFacts, CopyFile, CopyLetter, MailboxCopy
from ..letter import file_kinds, sheets
from ..letter.sheets import PaymentRow
from ..registry import wording
from ..types import ByLanguage

KILOBYTE = 1024


class CopyFileRow(Unprinted, frozen=True):
    """A file of a copy, as a page shows it. number: in its address, from 1. title: a text and its language.

    is_proven: its digest is the one that the sender gave. can_open: as in `sheets.FileRow`.
    """

    number: int
    title: tuple[str, str]
    kind: str
    size: str
    sha256: str
    is_main: bool
    is_proven: bool
    can_open: bool


class CopyRow(Unprinted, frozen=True):
    """A copy, as a page shows it. facts: None where they cannot be decrypted; then all texts are ("", "").

    subject, sender, provider, kind: a text and its language. size: in words.
    """

    id: UUID
    kept_at: datetime
    size: str
    facts: CopyFacts | None
    subject: tuple[str, str] = ("", "")
    sender: tuple[str, str] = ("", "")
    provider: tuple[str, str] = ("", "")
    kind: tuple[str, str] = ("", "")
    files: Sequence[CopyFileRow] = ()


def row_of(copy: MailboxCopy, wanted: str = "") -> CopyRow:
    """Describe a copy. wanted: code of the language that the reader chose, "" for none.

    It chooses among the letter's own texts: its subject, and the titles of its files. The names of sender, provider
    and kind are in the language of the page, as for a document of the eBox (`sheets.sheet_of`).
    """
    size, facts = size_of(copy.size), copy.facts
    if facts is None:
        return CopyRow(copy.id, copy.kept_at, size, None)
    return CopyRow(
        id=copy.id,
        kept_at=copy.kept_at,
        size=size,
        facts=facts,
        subject=sheets.in_language(facts.subjects, wanted),
        sender=sender_of(facts),
        provider=_name(facts.provider_names, facts.provider),
        kind=wording.text_of(facts.type_names),
        files=[_file(one, number, wanted) for number, one in enumerate(facts.files, 1)],
    )


def sender_of(facts: CopyFacts) -> tuple[str, str]:
    """Give the name of the sender when the copy was made, and its language; the KBO number where it was not known."""
    return _name(facts.sender_names, facts.sender)


def payment_of(letter: CopyLetter, facts: CopyFacts, wanted: str, today: date) -> PaymentRow | None:
    """Describe the payment that a document asked for; None for none. today: the day in Belgium."""
    if letter.payment is None:
        return None
    return sheets.payment_of(letter.payment, sender_of(facts), wanted, today, is_whole=letter.is_payment_whole)


def by_number(facts: CopyFacts) -> Mapping[int, CopyFile]:
    """Give the files of a copy by their number in addresses, which is also the number of their item."""
    return dict(enumerate(facts.files, 1))


def name_of(file: CopyFile) -> str:
    """Give the name under which a file is saved: its file name, else its title; "" for neither."""
    return file.file_name or wording.text_of(file.titles)[0]


def size_of(size: int) -> str:
    """Write a number of bytes: 18 kB, 1,2 MB. No bytes are "1 kB": `sheets.size_of` takes 0 for unknown."""
    return sheets.size_of(max(size, 1) / KILOBYTE)


def room_of(use: ArchiveUse) -> tuple[str, str]:
    """Write how much of an archive is used, and how much it may hold: 1,2 MB, 200 MB."""
    return (size_of(use.size) if use.size else "0 kB"), f"{limits.of_all() // limits.MEGABYTE} MB"


def _name(names: ByLanguage, otherwise: str) -> tuple[str, str]:
    name, language = wording.text_of(names)
    return (name, language) if name else (otherwise, "")


def _file(file: CopyFile, number: int, wanted: str) -> CopyFileRow:
    media_type = file.media_type.partition(";")[0].strip().lower()
    title, language = sheets.in_language(file.titles, wanted)
    kind = sheets.FILE_KINDS.get(media_type, "")
    return CopyFileRow(
        number=number,
        title=(title or file.file_name or _t("Bestand %(number)s") % {"number": number}, language),
        kind=_t(kind) if kind else "",
        size=size_of(file.extent.size),
        sha256=file.extent.sha256,
        is_main=file.is_main,
        is_proven=file.is_proven,
        can_open=media_type in file_kinds.SHOWN,
    )
