"""Describe a message in words for its own page: its facts, its files and the payment that it asks for. No I/O."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_noop as _
from markupsafe import Markup

from portal.platform.kit.unprinted import Unprinted
from portal.platform.language import dates, numbers

from ..payments import payment_code, payments
from ..registry import wording
from ..registry.outside_text import LANGUAGES
from ..types import BusinessDatum, ByLanguage, EboxAttachment, EboxMessage, PaymentData
from . import file_kinds

# The languages of letters, each by its own name, so that its readers recognise it.
LANGUAGE_NAMES: Mapping[str, str] = {"nl": "Nederlands", "fr": "Français", "de": "Deutsch", "en": "English"}

# How pages call a file, by the media type that its provider gives.
FILE_KINDS = {
    "application/pdf": "PDF",
    "application/zip": "ZIP",
    "text/csv": "CSV",
    "text/html": _("webpagina"),
    "text/plain": _("tekst"),
    "application/xml": "XML",
    "text/xml": "XML",
    "application/msword": "Word",
    "application/vnd.ms-excel": "Excel",
    "application/vnd.ms-powerpoint": "PowerPoint",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
    "application/vnd.oasis.opendocument.text": "OpenDocument",
    "application/vnd.oasis.opendocument.spreadsheet": "OpenDocument",
    "image/jpeg": _("foto"),
    "image/png": _("foto"),
}


class FileRow(Unprinted, frozen=True):
    """A file of a message, as its page shows it. number: in its address (`by_number`). kind, size: "" for unknown.

    title: a text and its language. can_open: a browser can open files of the media type that its provider gives.
    """

    number: int
    title: tuple[str, str]
    kind: str
    size: str
    is_main: bool
    is_signed: bool
    can_open: bool


class DatumRow(Unprinted, frozen=True):
    """A datum of a message beside its text: name, description and values, each a text and its language."""

    name: tuple[str, str]
    about: tuple[str, str]
    values: Sequence[tuple[str, str]]


class PaymentRow(Unprinted, frozen=True):
    """The payment that a message asks for, in words; "" for what is not given. total: VAT included.

    amount, vat: "" where there is no VAT. is_past: the day until which it was to be paid is over. flaws: why there is
    no code, in words. code, picture: content and drawing of the QR code, "" for none.
    """

    total: str
    amount: str
    vat: str
    due_on: str
    is_past: bool
    account: str
    is_abroad: bool
    bic: str
    reference: str
    flaws: Sequence[str]
    picture: Markup
    code: str


class MessageSheet(Unprinted, frozen=True):
    """A message as its page shows it.

    subject, sender, kind: a text and its language, ("", "") for none. days_left: until it expires, None for never.
    """

    message: EboxMessage
    subject: tuple[str, str]
    sender: tuple[str, str]
    kind: tuple[str, str]
    days_left: int | None
    files: Sequence[FileRow]
    data: Sequence[DatumRow]


def sheet_of(message: EboxMessage, wanted: str, now: datetime) -> MessageSheet:
    """Describe a message. wanted: code of the language that the reader chose, "" for none; now: UTC."""
    return MessageSheet(
        message=message,
        subject=in_language(message.subjects, wanted),
        sender=wording.name_of_sender(message.provider, message.sender),
        kind=wording.name_of_kind(message.provider, message.type_id),
        days_left=_days_between(now, message.expires_at) if message.expires_at else None,
        files=_files(message, wanted),
        data=data_of(message.business_data, wanted),
    )


def data_of(data: Sequence[BusinessDatum], wanted: str) -> Sequence[DatumRow]:
    """Describe the business data of a message, those of one name after each other. wanted: as in `sheet_of`."""
    rows = [_datum(one, wanted) for one in data]
    names = list(dict.fromkeys(row.name for row in rows))
    return sorted(rows, key=lambda row: names.index(row.name))


def in_language(texts: ByLanguage, wanted: str) -> tuple[str, str]:
    """Choose a text in the wanted language, else as `wording.text_of`; give it with its language."""
    if text := texts.get(wanted):
        return text, wanted
    return wording.text_of(texts)


def others(texts: ByLanguage, shown: str) -> Sequence[tuple[str, str]]:
    """List the other languages in which there is a text (code, name). shown: the language on the page."""
    return [(one, LANGUAGE_NAMES[one]) for one in LANGUAGES if texts.get(one) and one != shown]


def payment_of(
    payment: PaymentData, sender: tuple[str, str], wanted: str, today: date, *, is_whole: bool
) -> PaymentRow:
    """Describe a payment, with its QR code where it has no flaws.

    sender: what `wording.name_of_sender` gives. today: the day in Belgium. is_whole: all that the provider said of
    the payment could be read.
    """
    reference = in_language(payment.references, wanted)[0] or payment.references.get("", "")
    # A sender without a name cannot be a beneficiary: banks compare the name with that of the account.
    beneficiary = sender if sender[1] else ("", "")
    slip = payments.slip_of(payment, reference, beneficiary, is_whole=is_whole)
    return PaymentRow(
        total=_money(slip.total, payment.currency),
        amount=_money(payment.amount, payment.currency) if payment.vat else "",
        vat=_money(payment.vat, payment.currency) if payment.vat else "",
        due_on=dates.day(payment.due_on) if payment.due_on else "",
        is_past=payment.due_on is not None and payment.due_on < today,
        account=" ".join(slip.account[at : at + 4] for at in range(0, len(slip.account), 4)),
        is_abroad=slip.is_abroad,
        bic=payment.bic,
        reference=slip.reference,
        flaws=[_t(payments.FLAW_TEXTS[flaw]) for flaw in slip.flaws],
        picture=payment_code.picture_of(slip.code),
        code=slip.code,
    )


def _money(amount: Decimal | None, currency: str) -> str:
    """Write an amount, with all its decimals where it has more than two; "" for None."""
    if amount is None:
        return ""
    exponent = amount.as_tuple().exponent
    places = max(2, -exponent) if isinstance(exponent, int) else 2
    return numbers.format_money(amount, currency, places)


def by_number(message: EboxMessage) -> Mapping[int, EboxAttachment]:
    """Give the files of a message by their number in addresses (from 1), in the order of the provider.

    They are numbered in the order of their ids, since a provider may order them differently each time: so a number
    always stands for the same file.
    """
    numbers = {id_: number for number, id_ in enumerate(sorted(one.id for one in message.attachments), 1)}
    return {numbers[one.id]: one for one in message.attachments}


def size_of(kilobytes: float | None) -> str:
    """Write the size of a file: 18 kB, 1,2 MB; "" for one that is unknown or not plausible."""
    if kilobytes is None or not 0 < kilobytes < 1e9:
        return ""
    if kilobytes < 1000:
        return f"{max(1, round(kilobytes))} kB"
    return f"{numbers.format_decimal(kilobytes / 1024, 1)} MB"


def _datum(datum: BusinessDatum, wanted: str) -> DatumRow:
    return DatumRow(
        name=in_language(datum.names, wanted),
        about=in_language(datum.descriptions, wanted),
        values=[in_language(one, wanted) for one in datum.values],
    )


def _days_between(now: datetime, then: datetime) -> int:
    return (dates.day_here(then) - dates.day_here(now)).days


def _files(message: EboxMessage, wanted: str) -> Sequence[FileRow]:
    rows = [_file(one, number, wanted) for number, one in by_number(message).items()]
    # The main file comes first; `sorted` keeps the order of the others.
    return sorted(rows, key=lambda row: not row.is_main)


def _file(attachment: EboxAttachment, number: int, wanted: str) -> FileRow:
    media_type = attachment.media_type.partition(";")[0].strip().lower()
    title, language = in_language(attachment.titles, wanted)
    kind = FILE_KINDS.get(media_type, "")
    return FileRow(
        number=number,
        title=(title or attachment.file_name or _t("Bestand %(number)s") % {"number": number}, language),
        kind=_t(kind) if kind else "",
        size=size_of(attachment.size_kb),
        is_main=attachment.is_main,
        is_signed=attachment.is_signed,
        can_open=media_type in file_kinds.SHOWN,
    )
