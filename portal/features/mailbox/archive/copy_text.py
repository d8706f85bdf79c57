"""Write a copy as plain text (facts, letter, payment, what is missing), for the ZIP that citizens take along."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from portal.platform.language import dates

from ..copies.types import CopyFacts, CopyLetter, MailboxCopy, MissingFile
from ..letter import cleaning, sheets
from . import copy_sheets


async def lines_of(copy: MailboxCopy, facts: CopyFacts, letter: CopyLetter | None, now: datetime) -> Sequence[str]:
    """Write the lines of the text: all that the page of a copy shows. letter: None where it is damaged."""
    lines = [*_facts(copy, facts)]
    if letter is None:
        return lines
    for text in letter.texts.values():
        lines += ["", *await cleaning.lines_of(text)]
    return [*lines, *_payment(letter, facts, now), *_data(letter)]


def _facts(copy: MailboxCopy, facts: CopyFacts) -> Iterator[str]:
    row = copy_sheets.row_of(copy)
    yield row.subject[0] or _("Zonder onderwerp")
    yield ""
    yield _name(_("Van"), row.sender[0])
    yield _name(_("Ontvangen"), dates.moment(facts.received_at))
    yield _name(_("Bewaard"), dates.moment(copy.kept_at))
    yield _name(_("Bron"), f"{row.provider[0]} ({facts.address})")
    yield _name(_("Nummer bij de bron"), facts.message_id)
    for file in row.files:
        yield _name(f"SHA-256 {file.sha256}", file.title[0])
    if facts.is_partial:
        yield _("Toen u deze kopie bewaarde, konden wij niet alles van het document lezen. Er kan iets ontbreken.")
    yield from (_missing(one) for one in facts.missing)


def _missing(file: MissingFile) -> str:
    match file.why:
        case "digest":
            words = _("Niet bewaard: %(name)s. Wat wij kregen, is niet het bestand dat de afzender aankondigde.")
        case "no-address":
            words = _("Niet bewaard: %(name)s. De bron gaf het een nummer waarmee wij het niet kunnen opvragen.")
        case "no-text":
            words = _("Niet bewaard: de tekst. De bron had er geen toen u de kopie maakte.")
        case "no-payment":
            words = _("Niet bewaard: wat er te betalen was. De bron gaf dat niet toen u de kopie maakte.")
        case _gone:
            words = _("Niet bewaard: %(name)s. Het was er niet meer toen u de kopie maakte.")
    return words % {"name": file.title or _("een bestand")}


def _payment(letter: CopyLetter, facts: CopyFacts, now: datetime) -> Iterator[str]:
    row = copy_sheets.payment_of(letter, facts, "", dates.day_here(now))
    if row is None:
        return
    yield from ("", _("Wat er te betalen was"))
    for name, value in (
        (_("Bedrag"), row.total),
        (_("Ten laatste op"), row.due_on),
        (_("Rekening"), row.account),
        (_("Mededeling"), row.reference),
    ):
        if value:
            yield _name(name, value)


def _data(letter: CopyLetter) -> Iterator[str]:
    rows = sheets.data_of(letter.business_data, "")
    if rows:
        yield from ("", _("Gegevens bij dit document"))
    for row in rows:
        yield _name(row.name[0], ", ".join(text for text, _language in row.values) or row.about[0])


def _name(name: str, value: str) -> str:
    return f"{' '.join(name.split())}: {' '.join(value.split())}"
