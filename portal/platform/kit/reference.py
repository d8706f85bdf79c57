"""Short names that people can read out over the phone: Crockford's letters and digits, none read as another."""

import re

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BITS = 5  # that a letter says


def write(number: int, *, begins: str, groups: int, of: int) -> str:
    """Write a number as a reference, `VB-7K3MQ-2XA0T`: its lowest bits, in groups of so many letters."""
    letters = "".join(LETTERS[number >> BITS * place & 31] for place in reversed(range(groups * of)))
    return "-".join([begins, *(letters[at : at + of] for at in range(0, groups * of, of))])


def pattern(*, begins: str, groups: int, of: int) -> re.Pattern[str]:
    """Make what only such a reference matches as a whole."""
    return re.compile(re.escape(begins) + rf"(?:-[{LETTERS}]{{{of}}}){{{groups}}}")
