"""What a question may be: its length, phone numbers, references. No I/O."""

import re
from uuid import UUID

from portal.platform.kit import typed_text
from portal.platform.kit.reference import LETTERS, write
from portal.platform.mail import addresses

from .errors import QuestionRefused
from .types import Question

LONGEST_TEXT = 5000  # characters of a question
MOST_BYTES = 10_000  # of a question in UTF-8
LONGEST_PHONE = 25  # characters of a phone number as typed

_REFERENCE = re.compile(rf"[A-Z]{{1,2}}(?:-[{LETTERS}]{{4,5}}){{2,4}}")  # as `kit.reference` writes them
_PHONE = re.compile(r"\+?[0-9]{6,15}")  # ITU-T E.164 allows at most 15 digits
_IN_PHONE = str.maketrans("", "", " ./()-")  # removes what people write between digits


def check_question(question: Question) -> None:
    """Raise QuestionRefused for a question without text, with too much of it, or without a way to answer."""
    try:
        text = clean(question.text)
    except typed_text.TooLong:
        raise QuestionRefused("The question is too long.") from None
    if not text or is_too_long(text):
        raise QuestionRefused("The question is empty or too long.")
    if question.reply_to and not addresses.is_usable(question.reply_to):
        raise QuestionRefused("The address is not usable.")
    if question.phone and not is_phone(question.phone):
        raise QuestionRefused("The phone number is not usable.")
    if not question.reply_to and not question.phone:
        raise QuestionRefused("There is no way to answer.")


def is_too_long(text: str) -> bool:
    """Tell whether a text is too long for a question."""
    return len(text) > LONGEST_TEXT or len(text.encode()) > MOST_BYTES


def is_phone(number: str) -> bool:
    """Tell whether a text can be a phone number, with or without signs between its digits."""
    return len(number) <= LONGEST_PHONE and _PHONE.fullmatch(number.translate(_IN_PHONE)) is not None


def clean(text: str) -> str:
    """Give a text without invisible characters, its line ends kept. Raise `typed_text.TooLong` beyond MOST_BYTES."""
    return typed_text.lines(text, most=MOST_BYTES)


def is_reference(text: str) -> bool:
    """Tell whether a text has the form of a reference of this portal, so that it can hold nothing else."""
    return _REFERENCE.fullmatch(text) is not None


def reference(question_id: UUID) -> str:
    """Give the reference of a question, by which people and the contact centre name it: H-7K3M-Q2XA."""
    return write(int.from_bytes(question_id.bytes[:5]), prefix="H", groups=2, group_size=4)
