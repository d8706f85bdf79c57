"""What every mail owes, decided without sending anything."""

import re
from datetime import datetime

from portal.platform.kit import typed_text

from . import addresses
from .errors import MessageRefused
from .types import Message, Question

# In Dutch whatever the reader's language: the questions and answers tell people to look for these very words.
ADVICE = (
    "Om phishing te voorkomen, surft u best rechtstreeks naar {portal}. Daar vindt u uw officiële berichten van de "
    "overheid terug. Tips om phishing te vermijden, leest u op {phishing}."
)
LONGEST = 60  # characters of a word that is put into a mail

LONGEST_QUESTION = 5000  # characters, of what somebody types
LONGEST_PHONE = 25
MOST_BYTES = 10_000  # of the same in UTF-8

# What mail programs make a link of by themselves: a scheme, a path, a number to call, a dot or colon inside a name.
_LINKING = re.compile(r"\b(?:https?|ftp|mailto|tel|www|href)\b|[@/\\<>+。．｡]", re.IGNORECASE)
_PHONE = re.compile(r"\+?[0-9]{6,15}")  # the most digits that a number has: ITU-T E.164
_IN_PHONE = str.maketrans("", "", " ./()-")  # what people put between the digits, or around the first
_JOINT = re.compile(r"(?<=\w)[.:](?=\w)")


def advice(portal: str, phishing: str) -> str:
    """Write the sentence against phishing, with the two names as plain text."""
    return ADVICE.format(portal=portal, phishing=phishing)


def check(message: Message) -> None:
    """Raise MessageRefused for what must never leave: a crooked address, a content that cannot be."""
    if not addresses.usable(message.to):
        raise MessageRefused("The address is not usable.")
    if not message.content.is_sound:
        raise MessageRefused("The content is not sound.")


def check_question(question: Question) -> None:
    """Raise MessageRefused for what cannot be passed on: nothing said, too much said, no way to answer."""
    try:
        text = typed(question.text)
    except typed_text.TooLong:
        raise MessageRefused("The question is too long.") from None
    if not text or is_too_long(text):
        raise MessageRefused("The question is empty or too long.")
    if question.reply_to and not addresses.usable(question.reply_to):
        raise MessageRefused("The address is not usable.")
    if question.phone and not is_phone(question.phone):
        raise MessageRefused("The phone number is not usable.")
    if not question.reply_to and not question.phone:
        raise MessageRefused("There is no way to answer.")


def is_too_long(text: str) -> bool:
    """Tell whether a question is longer than we pass on."""
    return len(text) > LONGEST_QUESTION or len(text.encode()) > MOST_BYTES


def is_phone(number: str) -> bool:
    """Tell whether this can be a phone number: digits, a plus before them, and what people put between them."""
    return len(number) <= LONGEST_PHONE and _PHONE.fullmatch(number.translate(_IN_PHONE)) is not None


def typed(text: str) -> str:
    """Keep the words and line ends that somebody typed. Raise `typed_text.TooLong` for more than is passed on."""
    return typed_text.lines(text, most=MOST_BYTES)


def plain(text: str) -> str:
    """Make a word that somebody else chose fit for a mail: one short line that no mail program turns into a link.

    Control and formatting characters (line ends, writing direction) go, and what makes a link: "jan.be" becomes
    "jan. be".
    """
    kept = typed_text.beginning(text, most=typed_text.ROOM * LONGEST)
    parted = _JOINT.sub(lambda joint: f"{joint[0]} ", _LINKING.sub(" ", kept))
    line = " ".join(parted.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"


def is_stale(message: Message, created_at: datetime, now: datetime) -> bool:
    """Tell whether a mail comes too late to be of use."""
    return now >= message.content.useful_until(created_at)
