"""The question form: which words it takes, and how it tells a person from a program. Keeps nothing.

Each form carries a mark of ours: the number its question will have, and when it was handed out, authenticated. So a
form that is sent twice is one question, and nobody sends a question without having asked for a form.
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

FASTEST = timedelta(seconds=3)  # to read, write, look over and send; programs are faster
LONGEST = timedelta(hours=24)  # a form may stay open; what was typed is kept when it was too long
OTHER = "anders"
TRAP = "website"  # a field that people do not see, and programs fill in

_NUMBER = re.compile(r"(?<!\d)\d{2}[ .]?\d{2}[ .]?\d{2}[ .-]{0,3}\d{3}[ .-]{0,3}\d{2}(?!\d)")

Field = Literal["onderwerp", "vraag", "email", "telefoon", "formulier"]


class Mistake(msgspec.Struct, frozen=True):
    """What is wrong, at which field, in words for whoever filled it in."""

    field: Field
    text: str


class Filled(Unprinted, frozen=True):
    """A form as somebody filled it in. Never printed."""

    topic: str = ""
    text: str = ""
    email: str = ""
    phone: str = ""
    trap: str = ""


class Mark(msgspec.Struct, frozen=True):
    """What a form of ours carries: the number of its question, and when it was handed out (UTC)."""

    question_id: UUID
    issued_at: datetime


def topics(language: str) -> Mapping[str, str]:
    """List what a question can be about, in a language: those of the help, and the rest."""
    return {**{topic.id: topic.title for topic in entries.in_language(language).topics}, OTHER: _("Iets anders")}


def read(posted: Mapping[str, str]) -> Filled:
    """Read what was filled in, without what cannot be seen; what is far too long stays as it is, to be shortened."""
    return Filled(
        topic=posted.get("onderwerp", ""),
        text=_check(posted.get("vraag", ""), rules.clean),
        email=_check(posted.get("email", ""), partial(typed_text.code, most=addresses.MOST)),
        phone=_check(posted.get("telefoon", ""), partial(typed_text.code, most=rules.LONGEST_PHONE)),
        trap=posted.get(TRAP, ""),
    )


def mistakes(filled: Filled) -> list[Mistake]:
    """List what is wrong, in the order of the form."""
    found = []
    if filled.topic not in topics(current()):
        found.append(Mistake("onderwerp", gettext("Kies waarover uw vraag gaat.")))
    if text := _wrong_with(filled.text):
        found.append(Mistake("vraag", text))
    if filled.email and (fault := _fault_of(filled.email)):
        found.append(Mistake("email", str(addresses.WORDS[fault])))
    if filled.phone and not rules.is_phone(filled.phone):
        found.append(Mistake("telefoon", gettext("Dit telefoonnummer klopt niet. Schrijf het zoals 0470 12 34 56.")))
    if not filled.email and not filled.phone:
        words = gettext("Vul uw e-mailadres of uw telefoonnummer in, anders kunnen wij u niet antwoorden.")
        found.append(Mistake("email", words))
    if filled.trap:
        words = gettext(
            "In een veld dat leeg moet blijven, stond iets. Wij hebben het leeggemaakt. Verstuur opnieuw."
        )
        found.append(Mistake("formulier", words))
    return found


def question_of(filled: Filled) -> Question:
    """Make the question of a form without mistakes."""
    reply_to = addresses.read(filled.email) if filled.email else ""
    # The contact centre reads Dutch.
    return Question(topic=topics(DUTCH)[filled.topic], text=filled.text, reply_to=reply_to, phone=filled.phone)


async def issue(question_id: UUID, now: datetime) -> str:
    """Write the mark of a new form."""
    plain = f"{question_id}.{int(now.timestamp())}"
    return f"{plain}.{await _mac(plain)}"


async def read_mark(mark: str, now: datetime) -> Mark | None:
    """Read a form's mark; None when it is not ours, or older than LONGEST."""
    plain, _dot, mac = mark.rpartition(".")
    if not hmac.compare_digest((await _mac(plain)).encode(), mac.encode()):
        return None
    question_id, _dot, seconds = plain.partition(".")
    at = datetime.fromtimestamp(int(seconds), UTC)
    return Mark(UUID(question_id), at) if now - at <= LONGEST else None


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
    if any(national_number.is_valid(re.sub(r"\D", "", match[0])) for match in _NUMBER.finditer(text)):
        words = gettext(
            "In uw vraag staat een rijksregisternummer. Haal het weg: een e-mail is daar niet veilig voor."
        )
        return str(words)
    return ""
