"""What a question may be, decided without asking anybody."""

import re
from uuid import UUID

from portal.platform.kit import typed_text
from portal.platform.kit.reference import LETTERS, write
from portal.platform.mail import addresses

from .errors import QuestionRefused
from .types import Question

LONGEST_TEXT = 5000  # characters, of what somebody types
LONGEST_PHONE = 25
MOST_BYTES = 10_000  # of the same in UTF-8

_REFERENCE = re.compile(rf"[A-Z]{{1,2}}(?:-[{LETTERS}]{{4,5}}){{2,4}}")  # of anything of this portal
_PHONE = re.compile(r"\+?[0-9]{6,15}")  # the most digits that a number has: ITU-T E.164
_IN_PHONE = str.maketrans("", "", " ./()-")  # what people put between the digits, or around the first


def check_question(question: Question) -> None:
    """Raise QuestionRefused for what cannot be passed on: nothing said, too much said, no way to answer."""
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
    """Tell whether a question is longer than we pass on."""
    return len(text) > LONGEST_TEXT or len(text.encode()) > MOST_BYTES


def is_phone(number: str) -> bool:
    """Tell whether this can be a phone number: digits, a plus before them, and what people put between them."""
    return len(number) <= LONGEST_PHONE and _PHONE.fullmatch(number.translate(_IN_PHONE)) is not None


def clean(text: str) -> str:
    """Keep the words and line ends that somebody typed. Raise `typed_text.TooLong` for more than is passed on."""
    return typed_text.lines(text, most=MOST_BYTES)


def is_reference(text: str) -> bool:
    """Tell whether this looks like a reference of something of this portal, and can say nothing else."""
    return _REFERENCE.fullmatch(text) is not None


def reference(question_id: UUID) -> str:
    """Write the short name by which people and the contact centre speak of a question: H-7K3M-Q2XA."""
    return write(int.from_bytes(question_id.bytes[:5]), begins="H", groups=2, of=4)
