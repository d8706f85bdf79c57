"""The question form: reading it, checking it, and telling people from programs. It stores nothing.

Each form carries an authenticated mark: the form's id, and when it was issued. The id of a question follows from the
form's id and from what was filled in. So a form that is sent twice is one question, a form that is changed after it
was sent is another, and a question cannot be sent without a form.
"""

import base64
import hmac
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Literal
from uuid import UUID

import msgspec
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from portal.platform.help import entries
from portal.platform.keys import pseudonym
from portal.platform.kit import national_number, typed_text
from portal.platform.kit.unprinted import Unprinted
from portal.platform.language.current import current
from portal.platform.language.offer import DUTCH
from portal.platform.mail import addresses

from . import rules
from .types import Question

FASTEST = timedelta(seconds=3)  # least time from form to question: programs are faster than people
LONGEST = timedelta(hours=24)  # for which a form may stay open; after it, its text is shown in a new form
OTHER = "anders"  # the topic of questions about anything else
TRAP = "website"  # a field that people do not see, and programs fill in

Field = Literal["onderwerp", "vraag", "email", "telefoon", "formulier"]


class FormMistake(msgspec.Struct, frozen=True):
    """A mistake in a filled form: the field, and what is wrong, in the language of the page."""

    field: Field
    text: str


class FilledForm(Unprinted, frozen=True):
    """A form as somebody filled it in, checked or not. topic: its id, as in `topics`. trap: what is in TRAP."""

    topic: str = ""
    text: str = ""
    email: str = ""
    phone: str = ""
    trap: str = ""


class FormMark(msgspec.Struct, frozen=True):
    """The mark of a form: its id, and when it was issued (UTC)."""

    form_id: UUID
    issued_at: datetime


def topics(language: str) -> Mapping[str, str]:
    """Give the topics of questions (title by id) in a language: those of the help, and OTHER."""
    return {**{topic.id: topic.title for topic in entries.in_language(language).topics}, OTHER: _("Iets anders")}


def read(posted: Mapping[str, str]) -> FilledForm:
    """Read the fields of a form, without invisible characters. A text that is far too long stays, to be shortened."""
    return FilledForm(
        topic=posted.get("onderwerp", ""),
        text=_check(posted.get("vraag", ""), rules.clean),
        email=_check(posted.get("email", ""), partial(typed_text.code, most=addresses.MOST)),
        phone=_check(posted.get("telefoon", ""), partial(typed_text.code, most=rules.LONGEST_PHONE)),
        trap=posted.get(TRAP, ""),
    )


def mistakes(filled: FilledForm) -> list[FormMistake]:
    """List the mistakes of a form, in the order of its fields."""
    found = []
    if filled.topic not in topics(current()):
        found.append(FormMistake("onderwerp", gettext("Kies waarover uw vraag gaat.")))
    if text := _wrong_with(filled.text):
        found.append(FormMistake("vraag", text))
    if filled.email and (fault := _fault_of(filled.email)):
        found.append(FormMistake("email", str(addresses.WORDS[fault])))
    if filled.phone and not rules.is_phone(filled.phone):
        found.append(
            FormMistake("telefoon", gettext("Dit telefoonnummer klopt niet. Schrijf het zoals 0470 12 34 56."))
        )
    if not filled.email and not filled.phone:
        words = gettext("Vul uw e-mailadres of uw telefoonnummer in, anders kunnen wij u niet antwoorden.")
        found.append(FormMistake("email", words))
    if filled.trap:
        words = gettext(
            "In een veld dat leeg moet blijven, stond iets. Wij hebben het leeggemaakt. Verstuur opnieuw."
        )
        found.append(FormMistake("formulier", words))
    return found


def question_of(filled: FilledForm) -> Question:
    """Make the question of a form that has no mistakes."""
    reply_to = addresses.read(filled.email) if filled.email else ""
    # The contact centre reads Dutch.
    return Question(topic=topics(DUTCH)[filled.topic], text=filled.text, reply_to=reply_to, phone=filled.phone)


async def question_id(form_id: UUID, question: Question) -> UUID:
    """Give the id of a form's question: the same for the same words, another as soon as anything was changed."""
    code = await pseudonym.mac(b"question id\0" + form_id.bytes + msgspec.json.encode(question))
    return UUID(bytes=code[:16], version=4)  # the shape of an id that the queue of jobs takes


async def issue_mark(form_id: UUID, now: datetime) -> str:
    """Write the mark of a new form."""
    plain = f"{form_id}.{int(now.timestamp())}"
    return f"{plain}.{await _mac(plain)}"


async def read_mark(mark: str, now: datetime) -> FormMark | None:
    """Read the mark of a form; None where its MAC is wrong, or it is older than LONGEST."""
    plain, _dot, mac = mark.rpartition(".")
    if not hmac.compare_digest((await _mac(plain)).encode(), mac.encode()):
        return None
    form_id, _dot, seconds = plain.partition(".")
    at = datetime.fromtimestamp(int(seconds), UTC)
    return FormMark(UUID(form_id), at) if now - at <= LONGEST else None


async def _mac(plain: str) -> str:
    code = await pseudonym.mac(b"question form\0" + plain.encode())
    return base64.urlsafe_b64encode(code).decode().rstrip("=")


def _check(text: str, read: Callable[[str], str]) -> str:
    try:
        return read(text)
    except typed_text.TooLong:
        return text


def _fault_of(address: str) -> addresses.AddressFault | None:
    try:
        addresses.read(address)
    except addresses.AddressRefused as refused:
        return refused.fault
    return None


def _wrong_with(text: str) -> str:
    if not text:
        return str(gettext("Schrijf uw vraag op."))
    if rules.is_too_long(text):
        over = max(1, len(text) - rules.LONGEST_TEXT)
        words = ngettext(
            "Uw vraag is %(over)s teken te lang. Kort ze in, of bel ons.",
            "Uw vraag is %(over)s tekens te lang. Kort ze in, of bel ons.",
            over,
        )
        return str(words) % {"over": over}
    if any(national_number.is_valid(re.sub(r"\D", "", match[0])) for match in national_number.WRITTEN.finditer(text)):
        words = gettext(
            "In uw vraag staat een rijksregisternummer. Haal het weg: een e-mail is daar niet veilig voor."
        )
        return str(words)
    return ""
