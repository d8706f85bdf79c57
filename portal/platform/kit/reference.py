"""References that people can read out over the phone, `VB-7K3MQ-2XA0T`: in Crockford's base 32, which leaves out
letters that look like digits.
"""

import re

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BITS = 5  # that a letter stands for


def write(number: int, *, prefix: str, groups: int, group_size: int) -> str:
    """Write the lowest bits of a number as a reference: a prefix, and so many groups of `group_size` letters."""
    length = groups * group_size
    letters = "".join(LETTERS[number >> BITS * place & 31] for place in reversed(range(length)))
    return "-".join([prefix, *(letters[at : at + group_size] for at in range(0, length, group_size))])


def pattern(*, prefix: str, groups: int, group_size: int) -> re.Pattern[str]:
    """Make the pattern that such references match as a whole (`fullmatch`)."""
    return re.compile(re.escape(prefix) + rf"(?:-[{LETTERS}]{{{group_size}}}){{{groups}}}")
